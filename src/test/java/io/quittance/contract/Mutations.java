package io.quittance.contract;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes bad bodies out of good ones; the same generator makes the same ones. */
final class Mutations {

  private static final Pattern VALUE =
      Pattern.compile("(?<=[:\\[,])\\s*(\"[^\"]*\"|-?\\d+|true|false|null)");
  private static final Pattern NAME = Pattern.compile("\"[^\"]*\"(?=:)");

  /** What may stand where a value stood. */
  private static final List<String> VALUES =
      List.of(
          "1e400",
          "-1e400",
          "1e999999999",
          "9007199254740993",
          "9007199254740992",
          "9223372036854775808",
          "-9223372036854775809",
          "-0",
          "-1",
          "0",
          "0.1",
          "1.0",
          "1e2",
          "1E-5",
          "01",
          "+1",
          ".5",
          "5.",
          "0x10",
          "NaN",
          "Infinity",
          "-Infinity",
          "\"1\"",
          "\"\"",
          "\" \"",
          "true",
          "null",
          "[]",
          "{}",
          "[null]",
          "{\"\":null}",
          "[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]",
          "\"\\ud800\"",
          "\"\\udc00\\ud800\"",
          "\"\\u0000\"",
          "\"\\u001b[31m\"",
          "\"\\r\\nSet-Cookie: a=b\"",
          "\"\u202e\u2066\ufeff\"",
          "\"\uffff\ud83d\ude00\"",
          "\"a\nb\"",
          "\"a\u0000b\"",
          "\"\\x41\"",
          "'a'",
          "undefined",
          "/* c */ 1",
          "1 // c",
          "\"' or 1=1 --\"",
          "\"${jndi:ldap://127.0.0.1/a}\"",
          "\"4111 1111 1111 1111\"",
          "\"2026-02-30T00:00:00Z\"",
          "\"+999999999-01-01T00:00:00Z\"",
          "\"http://[::1\"",
          "\"javascript:alert(1)\"");

  private static final List<byte[]> BROKEN_UTF8 =
      List.of(
          new byte[] {(byte) 0xff},
          new byte[] {(byte) 0xc0, (byte) 0xaf},
          new byte[] {(byte) 0xe0, (byte) 0x80, (byte) 0x80},
          new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
          new byte[] {(byte) 0xf8, (byte) 0x88, (byte) 0x80, (byte) 0x80, (byte) 0x80},
          new byte[] {(byte) 0xe2, (byte) 0x82});

  private final RandomGenerator random;

  Mutations(RandomGenerator random) {
    this.random = random;
  }

  byte[] of(String body) {
    return switch (random.nextInt(16)) {
      case 0 -> body.substring(0, random.nextInt(body.length())).getBytes(UTF_8);
      case 1 -> (body + pick(List.of("}", "{}", "x", "\u0000", body, ",", "//c"))).getBytes(UTF_8);
      case 2 -> body.getBytes(UTF_16);
      case 3 -> ("\ufeff" + body).getBytes(UTF_8);
      case 4 -> inserted(body.getBytes(UTF_8), pick(BROKEN_UTF8));
      case 5 -> repeated(body).getBytes(UTF_8);
      case 6 ->
          replaced(
                  body,
                  NAME,
                  "\""
                      + pick(
                          List.of(
                              "",
                              "__proto__",
                              "\\ud800",
                              "\\u0000",
                              "4111111111111111",
                              "class",
                              "x".repeat(3_000)))
                      + "\"")
              .getBytes(UTF_8);
      case 7 ->
          replaced(body, VALUE, "\"" + "x".repeat(1 + random.nextInt(20_000)) + "\"")
              .getBytes(UTF_8);
      case 8 ->
          pick(List.of("", " ", "null", "[]", "\"\"", "1", "{", "[" + body + "]")).getBytes(UTF_8);
      case 9 -> replaced(body, VALUE, "[" + body + "]").getBytes(UTF_8);
      default -> replaced(body, VALUE, pick(VALUES)).getBytes(UTF_8);
    };
  }

  <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** One occurrence, at random, replaced. */
  private String replaced(String body, Pattern pattern, String by) {
    long count = pattern.matcher(body).results().count();
    if (count == 0) {
      return by;
    }
    Matcher matcher = pattern.matcher(body);
    for (long skip = random.nextLong(count); skip >= 0; skip--) {
      matcher.find();
    }
    return body.substring(0, matcher.start()) + by + body.substring(matcher.end());
  }

  /** The first field, there twice. */
  private static String repeated(String body) {
    return body.length() <= 2
        ? body + body
        : body.substring(0, body.length() - 1) + "," + body.substring(1);
  }

  private byte[] inserted(byte[] body, byte[] more) {
    int at = random.nextInt(body.length + 1);
    var out = new ByteArrayOutputStream();
    out.write(body, 0, at);
    out.writeBytes(more);
    out.write(body, at, body.length - at);
    return out.toByteArray();
  }
}
