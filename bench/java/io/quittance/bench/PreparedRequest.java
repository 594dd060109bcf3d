package io.quittance.bench;

/** A request whose gaps are filled in place, time after time. Confined to one thread. */
final class PreparedRequest {

  private static final char[] HEX = "0123456789abcdef".toCharArray();
  private static final String BLANK_KEY = "-".repeat(36);
  private static final int NONE = -1;

  private final byte[] request;
  private final int key;
  private final int paymentId;
  private final int amount;
  private final int payer;
  private final int payee;

  PreparedRequest(String apiKey, String path, String blankId, String body) {
    String head =
        "POST "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + apiKey
            + "\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\nIdempotency-Key: ";
    String whole = head + BLANK_KEY + "\r\n\r\n" + body;
    request = Http.ascii(whole);
    key = head.length();
    paymentId = path.contains(blankId) ? whole.indexOf(blankId) : NONE;
    amount = after(whole, "\"amount\":");
    payer = after(whole, "\"payer\":\"a");
    payee = after(whole, "\"payee\":\"a");
  }

  private static int after(String whole, String mark) {
    int at = whole.indexOf(mark);
    return at == NONE ? NONE : at + mark.length();
  }

  /** The request for this step, until the next one is filled in. */
  byte[] fill(Step step, byte[] id) {
    hex(step.key().getMostSignificantBits(), key);
    hex(step.key().getLeastSignificantBits(), key + 20);
    digits(step.amount(), amount, 4);
    if (paymentId != NONE) {
      System.arraycopy(id, 0, request, paymentId, id.length);
    }
    if (payer != NONE) {
      digits(step.order().payer(), payer, 5);
      digits(step.order().payee(), payee, 5);
    }
    return request;
  }

  private void hex(long bits, int at) {
    for (int i = 0; i < 16; i++) {
      request[at + i] = (byte) HEX[(int) (bits >>> (60 - 4 * i)) & 15];
    }
  }

  /** With blanks before it, because JSON has no number that starts with a zero. */
  private void digits(int number, int at, int width) {
    int rest = number;
    for (int i = width - 1; i >= 0; i--) {
      request[at + i] = (byte) (rest == 0 ? ' ' : '0' + rest % 10);
      rest /= 10;
    }
  }
}
