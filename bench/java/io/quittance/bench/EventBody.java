package io.quittance.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/**
 * One request with interaction events, made once and sent again and again: before each time its
 * ids, or its key if it is packed, become new ones. Confined to one thread.
 */
final class EventBody {

  private static final int DIGITS = 12;
  private static final String ZEROES = "0".repeat(DIGITS);
  private static final String[] TYPES = {
    "page.view", "cart.add", "cart.remove", "checkout.begin", "checkout.paid", "search", "login"
  };
  private static final String[] PLANS = {"free", "pro", "team"};
  private static final String[] COUNTRIES = {"DE", "FR", "IT", "ES", "NL", "PL", "SE", "AT"};

  private final byte[] request;
  private final int[] numbers;
  private final int events;
  private final long start;
  private long next;

  private EventBody(byte[] request, int[] numbers, int events, long start) {
    this.request = request;
    this.numbers = numbers;
    this.events = events;
    this.start = start;
  }

  /**
   * A body of some events: a type of seven, every other one with two labels, every third with an
   * amount, all of them with one of 5 000 sessions.
   *
   * @param payments ids of payments, of which every fifth event names one; none: no event does
   * @param client tells the ids of one client from those of others
   */
  static EventBody of(String apiKey, int events, List<String> payments, boolean gzip, int client)
      throws IOException {
    var random = new Random(client);
    var lines = new StringBuilder();
    for (int i = 0; i < events; i++) {
      lines.append(event(i, payments, random)).append('\n');
    }
    byte[] body = Http.ascii(lines.toString());
    String head =
        """
        POST /v1/analytics/events HTTP/1.1
        Host: localhost
        Authorization: Bearer %s
        Content-Type: application/x-ndjson
        """
            .formatted(apiKey);
    if (gzip) {
      body = packed(body);
      head += "Content-Encoding: gzip\nIdempotency-Key: " + ZEROES + "-" + client + "\n";
    }
    head += "Content-Length: " + body.length + "\n\n";
    byte[] start = Http.ascii(head.replace("\n", "\r\n"));
    byte[] request = new byte[start.length + body.length];
    System.arraycopy(start, 0, request, 0, start.length);
    System.arraycopy(body, 0, request, start.length, body.length);
    int[] numbers = places(request, gzip ? start.length : request.length);
    return new EventBody(request, numbers, events, client * 1_000_000_000L);
  }

  private static String event(int i, List<String> payments, Random random) {
    var event = new StringBuilder("{\"id\":\"" + ZEROES + "\",\"type\":\"");
    event.append(TYPES[random.nextInt(TYPES.length)]).append("\",\"data\":{\"session\":\"s-");
    event.append(random.nextInt(5_000)).append('"');
    if (i % 3 == 0) {
      event
          .append(",\"amount\":")
          .append(1 + random.nextInt(10_000))
          .append(",\"currency\":\"EUR\"");
    }
    if (i % 2 == 0) {
      event.append(",\"labels\":{\"plan\":\"").append(PLANS[random.nextInt(PLANS.length)]);
      event.append("\",\"country\":\"").append(COUNTRIES[random.nextInt(COUNTRIES.length)]);
      event.append("\"}");
    }
    if (i % 5 == 0 && !payments.isEmpty()) {
      event.append(",\"payment_id\":\"");
      event.append(payments.get(random.nextInt(payments.size()))).append('"');
    }
    return event.append("}}").toString();
  }

  private static byte[] packed(byte[] body) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(body);
    }
    return packed.toByteArray();
  }

  private static int[] places(byte[] request, int end) {
    var found = new ArrayList<Integer>();
    int zeroes = 0;
    for (int i = 0; i < end; i++) {
      zeroes = request[i] == '0' ? zeroes + 1 : 0;
      if (zeroes == DIGITS) {
        found.add(i);
        zeroes = 0;
      }
    }
    return found.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The request, with numbers that were not there before. */
  byte[] renewed() {
    for (int end : numbers) {
      long number = start + next++;
      for (int i = end; i > end - DIGITS; i--) {
        request[i] = (byte) ('0' + number % 10);
        number /= 10;
      }
    }
    return request;
  }

  int events() {
    return events;
  }

  int bytes() {
    return request.length;
  }
}
