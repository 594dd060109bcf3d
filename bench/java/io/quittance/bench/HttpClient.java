package io.quittance.bench;

import java.io.IOException;

/** Pays through {@code POST /v1/payments}: fills the gaps of one prepared request. */
final class HttpClient implements Client {

  private static final int CREATED = 201;
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private final Http http;
  private final byte[] request;
  private final int key;
  private final int amount;
  private final int payer;
  private final int payee;

  HttpClient(int port, String apiKey) throws IOException {
    http = new Http(port);
    String body =
        "{\"amount\":%d,\"currency\":\"EUR\",\"payer\":\"%s\",\"payee\":\"%s\"}"
            .formatted(
                Order.AMOUNT_MIN,
                Order.account(Order.FIRST_ACCOUNT),
                Order.account(Order.FIRST_ACCOUNT));
    String head =
        "POST /v1/payments HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + apiKey
            + "\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\nIdempotency-Key: ";
    String blank = "-".repeat(36);
    String whole = head + blank + "\r\n\r\n" + body;
    request = Http.ascii(whole);
    key = head.length();
    amount = whole.indexOf("\"amount\":") + 9;
    payer = whole.indexOf("\"payer\":\"a") + 10;
    payee = whole.indexOf("\"payee\":\"a") + 10;
  }

  @Override
  public void pay(Order order) throws IOException {
    hex(order.key().getMostSignificantBits(), key);
    hex(order.key().getLeastSignificantBits(), key + 20);
    digits(order.amount(), amount, 4);
    digits(order.payer(), payer, 5);
    digits(order.payee(), payee, 5);
    int status = http.exchange(request);
    if (status != CREATED) {
      throw new IOException("status %d for %s: %s".formatted(status, order, http.body()));
    }
  }

  private void hex(long bits, int at) {
    for (int i = 0; i < 16; i++) {
      request[at + i] = (byte) HEX[(int) (bits >>> (60 - 4 * i)) & 15];
    }
  }

  private void digits(int number, int at, int width) {
    int rest = number;
    for (int i = width - 1; i >= 0; i--) {
      request[at + i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  /** A request with a body, for everything but the measured path. */
  static byte[] request(String method, String path, String bearer, String key, String body) {
    String text =
        String.join(
            "\r\n",
            method + " " + path + " HTTP/1.1",
            "Host: localhost",
            "Authorization: Bearer " + bearer,
            "Content-Type: application/json",
            "Content-Length: " + body.length(),
            "Idempotency-Key: " + key,
            "",
            body);
    return Http.ascii(text);
  }

  @Override
  public void close() throws IOException {
    http.close();
  }
}
