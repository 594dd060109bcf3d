package io.quittance.webhook.courier;

import java.net.IDN;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The URL of a webhook endpoint, normalized: https, and a host that can be on the public internet.
 * {@link DnsResolver} checks at each attempt that the name resolves to public addresses. Immutable.
 *
 * <p>The port is 443 or 8443, so that no merchant can make us connect to other services. The host
 * is a name of two labels or more, or a literal address in its usual form; a number in another
 * notation (octal, hexadecimal, short) is refused.
 *
 * @see <a href="https://www.iana.org/assignments/special-use-domain-names">IANA Special-Use Domain
 *     Names</a>
 */
public final class WebhookUrl {

  static final int LENGTH_MAX = 2048;

  private static final Pattern URL =
      Pattern.compile("(https?)://([^/?#]*)([^#]*)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern AUTHORITY =
      Pattern.compile("(\\[[^\\[\\]]*]|[^:\\[\\]]*)(?::([1-9][0-9]{0,4}))?", Pattern.DOTALL);
  private static final Pattern NAME =
      Pattern.compile(
          "(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern NUMBER = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0x[0-9a-f]*)");
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})\\.){3}(?:0|[1-9][0-9]{0,2})");
  private static final Pattern IPV6 =
      Pattern.compile("\\[(?!.*[0-9a-f]{5})[0-9a-f.]*:[0-9a-f:.]*]");

  /**
   * IDNA 2003, which the JDK implements, reads these differently from IDNA 2008 (RFC 5894, 7.2).
   */
  private static final Pattern DEVIATION = Pattern.compile("[ßς\u200c\u200d]");

  private static final List<String> INTERNAL =
      List.of(
          "localhost",
          "local",
          "localdomain",
          "internal",
          "intranet",
          "private",
          "corp",
          "home",
          "home.arpa",
          "lan",
          "onion",
          "alt",
          "test",
          "invalid");

  private final URI uri;
  private final int port;

  private WebhookUrl(URI uri, int port) {
    this.uri = uri;
    this.port = port;
  }

  /**
   * Reads and checks a URL; nothing is looked up.
   *
   * @param allowLoopback whether loopback addresses are allowed, on any port and without TLS
   * @throws IllegalArgumentException it is refused; the message is for the merchant
   */
  public static WebhookUrl parse(@Nullable String text, boolean allowLoopback) {
    if (text == null || text.isBlank()) {
      throw refused("is missing", null);
    }
    require(text.length() <= LENGTH_MAX, "must have %d characters at most".formatted(LENGTH_MAX));
    require(text.indexOf('#') < 0, "must have no fragment");
    Matcher url = URL.matcher(text);
    require(url.matches(), "must begin with https://");
    require(url.group(2).indexOf('@') < 0, "must have no user name or password");
    Matcher authority = AUTHORITY.matcher(url.group(2));
    require(authority.matches(), "must have a host, and a port only as a number");
    String host = host(authority.group(1));
    boolean loopback = isLoopback(host);
    require(!loopback || allowLoopback, "must not be a loopback address");
    if (!loopback) {
      requirePublic(host);
    }
    String scheme = url.group(1).toLowerCase(Locale.ROOT);
    require(loopback || scheme.equals("https"), "must begin with https://");
    int port = port(scheme, authority.group(2));
    require(
        (loopback && port <= 65_535) || port == 443 || port == 8443, "must use port 443 or 8443");
    return new WebhookUrl(
        uri(scheme, host, authority.group(2) == null ? "" : ":" + port, url.group(3)), port);
  }

  private static int port(String scheme, @Nullable String digits) {
    if (digits == null) {
      return scheme.equals("https") ? 443 : 80;
    }
    return Integer.parseInt(digits);
  }

  private static URI uri(String scheme, String host, String port, String target) {
    require(
        target.chars().allMatch(c -> c > ' ' && c < 0x7f),
        "must have a percent-encoded path and query");
    require(!target.startsWith("//"), "must have a path that begins with one slash");
    String text = scheme + "://" + host + port + target;
    require(text.length() <= LENGTH_MAX, "must have %d characters at most".formatted(LENGTH_MAX));
    try {
      var uri = new URI(text);
      // Otherwise it has no host for URI, whose last label must not begin with a digit.
      require(
          host.equals(uri.getHost()),
          "must have a valid host name, whose last part begins with a letter");
      return uri;
    } catch (URISyntaxException e) {
      throw refused("has a character that must be percent-encoded", e);
    }
  }

  private static String host(String spelled) {
    if (spelled.startsWith("[")) {
      return ipv6(spelled.toLowerCase(Locale.ROOT));
    }
    require(!DEVIATION.matcher(spelled).find(), "must have the host name in its ASCII form (xn--)");
    String name = ascii(spelled).toLowerCase(Locale.ROOT);
    require(NAME.matcher(name).matches() && name.length() <= 253, "must have a valid host name");
    if (NUMBER.matcher(name).matches()) {
      require(isIpv4(name), "must have an IPv4 address of four decimal numbers from 0 to 255");
    }
    return name;
  }

  private static String ascii(String name) {
    try {
      return IDN.toASCII(name, IDN.USE_STD3_ASCII_RULES);
    } catch (IllegalArgumentException e) {
      throw refused("must have a valid host name", e);
    }
  }

  private static boolean isIpv4(String name) {
    return IPV4.matcher(name).matches()
        && Pattern.compile("\\.")
            .splitAsStream(name)
            .allMatch(part -> Integer.parseInt(part) < 256);
  }

  private static String ipv6(String literal) {
    require(
        IPV6.matcher(literal).matches(),
        "must have an IPv6 address in the brackets, without a zone");
    InetAddress address;
    try {
      address = InetAddress.ofLiteral(unbracketed(literal));
    } catch (IllegalArgumentException e) {
      throw refused("must have a valid IPv6 address in the brackets", e);
    }
    require(!(address instanceof Inet4Address), "must not have an IPv4 address in IPv6 form");
    return literal;
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static @Nullable InetAddress literal(String host) {
    return host.startsWith("[") || isIpv4(host) ? InetAddress.ofLiteral(unbracketed(host)) : null;
  }

  private static boolean isLoopback(String host) {
    InetAddress literal = literal(host);
    return literal == null
        ? host.equals("localhost") || host.endsWith(".localhost")
        : literal.isLoopbackAddress();
  }

  private static void requirePublic(String host) {
    InetAddress literal = literal(host);
    if (literal == null) {
      require(
          host.contains(".") && INTERNAL.stream().noneMatch(end -> host.endsWith("." + end)),
          "must have a host on the public internet");
    } else {
      require(PublicAddresses.contain(literal), "must have a public address");
    }
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw refused(problem, null);
    }
  }

  private static IllegalArgumentException refused(String problem, @Nullable Throwable cause) {
    return new IllegalArgumentException(problem, cause);
  }

  URI uri() {
    return uri;
  }

  /** The host's name in lower-case ASCII, or its literal address without brackets. */
  String host() {
    return unbracketed(uri.getHost());
  }

  int port() {
    return port;
  }

  /** The host's address if it is written literally. */
  @Nullable InetAddress literal() {
    return literal(uri.getHost());
  }

  @Override
  public String toString() {
    return uri.toString();
  }
}
