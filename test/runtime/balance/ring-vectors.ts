// Published vectors of `ring/1`, made by a second implementation of its definition: key → owner.
interface RingVector {
  readonly members: readonly { readonly identity: string; readonly weight: number }[];
  readonly keys: Readonly<Record<string, string>>;
}

export const ringVectors: readonly RingVector[] = [
  {
    members: [
      {
        identity: "10.0.0.1:9000",
        weight: 1,
      },
      {
        identity: "10.0.0.2:9000",
        weight: 1,
      },
      {
        identity: "10.0.0.3:9000",
        weight: 1,
      },
    ],
    keys: {
      A0001: "10.0.0.1:9000",
      A0002: "10.0.0.1:9000",
      A4999: "10.0.0.2:9000",
      "010000A8900016F000169DC0": "10.0.0.1:9000",
      "": "10.0.0.3:9000",
      "sensor/é": "10.0.0.2:9000",
      a: "10.0.0.3:9000",
      "www.example.com": "10.0.0.1:9000",
    },
  },
  {
    members: [
      {
        identity: "10.0.0.1:9000",
        weight: 1,
      },
      {
        identity: "north-2",
        weight: 2,
      },
      {
        identity: "[2001:db8::1]:9000",
        weight: 1,
      },
      {
        identity: "äöü",
        weight: 4,
      },
    ],
    keys: {
      A0001: "äöü",
      A0002: "10.0.0.1:9000",
      A4999: "north-2",
      "010000A8900016F000169DC0": "north-2",
      "": "[2001:db8::1]:9000",
      "sensor/é": "äöü",
      a: "north-2",
      "www.example.com": "[2001:db8::1]:9000",
    },
  },
];
