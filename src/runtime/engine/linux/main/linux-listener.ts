// A listener as main knows it: its sockets, the plan it serves, and how far its end has come.

import type { AddressInfo } from "node:net";
import type { ListenerPlan } from "../../../routing/listener-plan.ts";
import type { BoundListener } from "../../engine.ts";
import type { Listening } from "./listening.ts";

export class LinuxListener implements BoundListener {
  readonly index: number;
  readonly listening: Listening;
  plan: ListenerPlan | undefined;
  isStopped = false;
  /** Workers that have not said yet that they stopped. */
  awaiting = 0;

  constructor(index: number, listening: Listening) {
    this.index = index;
    this.listening = listening;
  }

  get address(): AddressInfo | string {
    return this.listening.address;
  }
}
