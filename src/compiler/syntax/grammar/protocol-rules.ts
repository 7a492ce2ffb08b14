// Protocols: frames, dialects, layers, dialogues, streams and what is said about all of them.

import type {
  BackendExpectation,
  BytesLiteral,
  DecideDeclaration,
  DialogDeclaration,
  DialogStep,
  FieldPath,
  FrameDeclaration,
  LayerDeclaration,
  Name,
  PrefixDeclaration,
  ProtocolDeclaration,
  ProtocolItem,
  ServerFirstDeclaration,
  StreamDeclaration,
  VariantDeclaration,
} from "../ast.ts";
import { Identifier, Mark, Reserved, Word } from "../tokens.ts";
import { KeyRules } from "./key-rules.ts";

type Reply = NonNullable<DialogStep["reply"]>;

export abstract class ProtocolRules extends KeyRules {
  readonly protocolDeclaration = this.RULE("protocolDeclaration", (): ProtocolDeclaration => {
    const first = this.CONSUME(Word.protocol);
    const name = this.toName(this.CONSUME(Identifier));
    const items = this.braced(0, this.protocolItem);
    const docs = this.docsFrom(first);
    return { kind: "protocol", docs, name, items, span: this.spanFrom(first) };
  });

  readonly protocolItem = this.RULE(
    "protocolItem",
    (): ProtocolItem =>
      this.OR<ProtocolItem>({
        DEF: [
          { ALT: () => this.SUBRULE(this.frameDeclaration) },
          { ALT: () => this.SUBRULE(this.keyDeclaration) },
          { ALT: () => this.SUBRULE(this.maxStatement) },
          { ALT: () => this.SUBRULE(this.endianStatement) },
          { ALT: () => this.SUBRULE(this.dropStatement) },
          { ALT: () => this.SUBRULE(this.decideDeclaration) },
          { ALT: () => this.SUBRULE(this.prefixDeclaration) },
          { ALT: () => this.SUBRULE(this.variantDeclaration) },
          { ALT: () => this.SUBRULE(this.layerDeclaration) },
          { ALT: () => this.SUBRULE(this.dialogDeclaration) },
          { ALT: () => this.SUBRULE(this.serverFirstDeclaration) },
          { ALT: () => this.SUBRULE(this.streamDeclaration) },
        ],
        ERR_MSG: "a part of a protocol",
      }),
  );

  /** `frame { … }`, `frame Connect { … }` */
  readonly frameDeclaration = this.RULE("frameDeclaration", (): FrameDeclaration => {
    const first = this.CONSUME(Word.frame);
    const name = this.OPTION(() => this.toName(this.CONSUME(Identifier)));
    const body = this.braced(0, this.statement);
    const docs = this.docsFrom(first);
    return { kind: "frame", docs, ...(name ? { name } : {}), body, span: this.spanFrom(first) };
  });

  readonly variantDeclaration = this.RULE("variantDeclaration", (): VariantDeclaration => {
    const first = this.CONSUME(Word.variant);
    const frames = this.braced(0, this.frameDeclaration);
    return { kind: "variant", docs: this.docsFrom(first), frames, span: this.spanFrom(first) };
  });

  /** `layer record max 16 parts { … }` */
  readonly layerDeclaration = this.RULE("layerDeclaration", (): LayerDeclaration => {
    const first = this.CONSUME(Word.layer);
    const name = this.toName(this.CONSUME(Identifier));
    this.CONSUME(Reserved.max);
    const parts = this.SUBRULE(this.sum);
    this.CONSUME(Word.parts);
    const body = this.braced(0, this.statement);
    const docs = this.docsFrom(first);
    return { kind: "layer", docs, name, parts, body, span: this.spanFrom(first) };
  });

  /** `dialog max 4 turns { on … }` */
  readonly dialogDeclaration = this.RULE("dialogDeclaration", (): DialogDeclaration => {
    const first = this.CONSUME(Word.dialog);
    const turns = this.OPTION(() => {
      this.CONSUME(Reserved.max);
      const most = this.SUBRULE(this.sum);
      this.CONSUME(Word.turns);
      return most;
    });
    const steps = this.braced(0, this.dialogStep);
    const docs = this.docsFrom(first);
    const span = this.spanFrom(first);
    return { kind: "dialog", docs, ...(turns === undefined ? {} : { turns }), steps, span };
  });

  /** `on Ssl reply "N" consume then Startup;` */
  readonly dialogStep = this.RULE("dialogStep", (): DialogStep => {
    const first = this.CONSUME(Word.on, { ERR_MSG: "a step of a dialogue" });
    const frame = this.toName(this.CONSUME(Identifier));
    const where = this.OPTION(() => {
      this.CONSUME(Reserved.where);
      return this.SUBRULE(this.condition);
    });
    const reply = this.OPTION2(() => this.SUBRULE(this.dialogReply));
    const next = this.SUBRULE(this.dialogNext);
    this.semicolon(0, "the step");
    return {
      frame,
      ...(where === undefined ? {} : { where }),
      ...(reply === undefined ? {} : { reply }),
      next,
      span: this.spanFrom(first),
    };
  });

  /** `reply x"05 00" replay, backend expects x"05 00"` */
  readonly dialogReply = this.RULE("dialogReply", (): Reply => {
    this.CONSUME(Word.reply);
    const items: (BytesLiteral | FieldPath)[] = [];
    this.AT_LEAST_ONE({
      GATE: () => this.LA(1).tokenType !== Word.consume && this.LA(1).tokenType !== Word.replay,
      DEF: () => items.push(this.SUBRULE(this.mark)),
      ERR_MSG: "what to reply: texts, bytes and fields",
    });
    const disposal = this.OR<Reply["disposal"]>({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(Word.consume);
            return "consume";
          },
        },
        {
          ALT: () => {
            this.CONSUME(Word.replay);
            return "replay";
          },
        },
      ],
      ERR_MSG: "consume or replay",
    });
    const backend = this.OPTION(() => {
      this.OPTION2(() => this.CONSUME(Mark.comma));
      return this.SUBRULE(this.backendExpectation);
    });
    return { items, disposal, ...(backend === undefined ? {} : { backend }) };
  });

  /** `then Startup`, `then any`, `done` */
  readonly dialogNext = this.RULE("dialogNext", (): DialogStep["next"] =>
    this.OR<DialogStep["next"]>({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(Word.done);
            return { kind: "done" };
          },
        },
        {
          ALT: () => {
            this.CONSUME(Reserved.then);
            const token = this.CONSUME(Identifier);
            if (token.tokenType === Word.any) return { kind: "any" };
            return { kind: "frame", name: this.toName(token) };
          },
        },
      ],
      ERR_MSG: "then FRAME, then any or done",
    }),
  );

  /** `backend expects x"05 00"`, `backend expects frame Banner` */
  readonly backendExpectation = this.RULE("backendExpectation", (): BackendExpectation => {
    const first = this.CONSUME(Word.backend);
    this.CONSUME(Word.expects);
    return this.OR<BackendExpectation>({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(Word.frame);
            const name = this.toName(this.CONSUME(Identifier));
            return { kind: "frame", name, span: this.spanFrom(first) };
          },
        },
        {
          ALT: () => {
            const bytes = this.SUBRULE(this.bytesLiteral);
            return { kind: "bytes", bytes, span: this.spanFrom(first) };
          },
        },
      ],
      ERR_MSG: "frame NAME or bytes",
    });
  });

  /** `server first "220 …\r\n", backend expects frame Banner;` */
  readonly serverFirstDeclaration = this.RULE(
    "serverFirstDeclaration",
    (): ServerFirstDeclaration => {
      const first = this.CONSUME(Word.server);
      this.CONSUME(Word.first);
      const greeting = this.SUBRULE(this.bytesLiteral);
      const backend = this.OPTION(() => {
        this.OPTION2(() => this.CONSUME(Mark.comma));
        return this.SUBRULE(this.backendExpectation);
      });
      this.semicolon(0, "the greeting");
      const docs = this.docsFrom(first);
      const span = this.spanFrom(first);
      return { kind: "server-first", docs, greeting, ...(backend ? { backend } : {}), span };
    },
  );

  /** `stream { client frame Packet; server frame Packet; reply by id; }` */
  readonly streamDeclaration = this.RULE("streamDeclaration", (): StreamDeclaration => {
    const first = this.CONSUME(Word.stream);
    this.CONSUME(Mark.openBrace);
    this.CONSUME(Word.client);
    const client = this.SUBRULE(this.streamFrame);
    this.CONSUME(Word.server);
    const server = this.SUBRULE2(this.streamFrame);
    this.CONSUME(Word.reply);
    const reply = this.OR<StreamDeclaration["reply"]>({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(Word.by);
            return { kind: "by", field: this.SUBRULE(this.path) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(Reserved.in);
            this.CONSUME(Word.order);
            return { kind: "in-order" };
          },
        },
      ],
      ERR_MSG: "by FIELD or in order",
    });
    this.semicolon(0, "the order of replies");
    this.closeBrace(0);
    const docs = this.docsFrom(first);
    return { kind: "stream", docs, client, server, reply, span: this.spanFrom(first) };
  });

  readonly streamFrame = this.RULE("streamFrame", (): Name => {
    this.CONSUME(Word.frame);
    const name = this.toName(this.CONSUME(Identifier));
    this.semicolon(0, "the frame");
    return name;
  });

  /** `prefix ProxyV1 | ProxyV2 required;` */
  readonly prefixDeclaration = this.RULE("prefixDeclaration", (): PrefixDeclaration => {
    const first = this.CONSUME(Word.prefix);
    const protocols: Name[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: Mark.bitOr,
      DEF: () => protocols.push(this.toName(this.CONSUME(Identifier))),
      ERR_MSG: "a name",
    });
    const required = this.OPTION(() => this.CONSUME(Word.required));
    this.semicolon(0, "the prefix", ["required"]);
    const docs = this.docsFrom(first);
    const isRequired = required !== undefined;
    return { kind: "prefix", docs, protocols, isRequired, span: this.spanFrom(first) };
  });

  /** `decide at frame;`, `decide at key;` */
  readonly decideDeclaration = this.RULE("decideDeclaration", (): DecideDeclaration => {
    const first = this.CONSUME(Word.decide);
    this.CONSUME(Word.at);
    const token = this.OR({
      DEF: [{ ALT: () => this.CONSUME(Word.frame) }, { ALT: () => this.CONSUME(Word.key) }],
      ERR_MSG: "frame or key",
    });
    this.semicolon(0, "the point of decision");
    const at = token.tokenType === Word.key ? "key" : "frame";
    return { kind: "decide", at, span: this.spanFrom(first) };
  });
}
