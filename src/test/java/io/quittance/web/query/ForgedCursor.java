package io.quittance.web.query;

/** A cursor as somebody makes it who has read our source. */
public final class ForgedCursor {

  private ForgedCursor() {}

  public static String of(String content) {
    return CursorSeal.seal(content);
  }
}
