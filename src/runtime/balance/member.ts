// What the policies know of a backend. Imports nothing.

/** Greatest weight of a member. */
export const WEIGHT_MAX = 256;
/** Members of one pool at most: with weights of `WEIGHT_MAX` a ring of them keeps within its points. */
export const MEMBERS_MAX = 2048;

export interface Member {
  /** Unique within its pool; what hashing goes by. */
  readonly identity: string;
  /** 0 to `WEIGHT_MAX`, an integer; 0 gets nothing. */
  readonly weight: number;
}
