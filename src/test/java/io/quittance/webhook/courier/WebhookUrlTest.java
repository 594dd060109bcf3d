package io.quittance.webhook.courier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookUrlTest {

  private static final String HTTPS = "begin with https";
  private static final String HOST = "a valid host name";
  private static final String AUTHORITY = "have a host, and a port";
  private static final String USER = "no user name";
  private static final String PORT = "port 443 or 8443";
  private static final String SPELLING = "four decimal numbers";
  private static final String PLAIN = "an IPv6 address in the brackets";
  private static final String WRAPPED = "in IPv6 form";
  private static final String LOOPBACK = "a loopback address";
  private static final String ADDRESS = "a public address";
  private static final String INTERNET = "on the public internet";
  private static final String ENCODED = "percent-encoded";

  static Stream<Arguments> hostile() {
    return Stream.of(
        // schemes
        refused("http://shop.example/hook", HTTPS),
        refused("ftp://shop.example/hook", HTTPS),
        refused("file:///etc/passwd", HTTPS),
        refused("gopher://shop.example:6379/_FLUSHALL", HTTPS),
        refused("jar:https://shop.example/a.jar!/", HTTPS),
        refused("https:shop.example", HTTPS),
        refused("https:/shop.example/hook", HTTPS),
        refused("//shop.example/hook", HTTPS),
        refused("shop.example/hook", HTTPS),
        refused(" https://shop.example/hook", HTTPS),
        refused("javascript:alert(1)", HTTPS),
        refused("", "is missing"),
        refused("   ", "is missing"),
        // what a parser may take for the host, and another not
        refused("https://", HOST),
        refused("https:///hook", HOST),
        refused("https://?a", HOST),
        refused("https://user@shop.example/", USER),
        refused("https://user:secret@shop.example/", USER),
        refused("https://shop.example@127.0.0.1/", USER),
        refused("https://127.0.0.1:443@shop.example/", USER),
        refused("https://shop.example#@127.0.0.1/", "no fragment"),
        refused("https://shop.example/hook#part", "no fragment"),
        refused("https://127.0.0.1\\@shop.example/", USER),
        refused("https://127.0.0.1\\.shop.example/", HOST),
        refused("https:\\\\127.0.0.1\\", HTTPS),
        refused("https://shop.example\\hook", HOST),
        refused("https://shop.example\r\nHost: evil/", AUTHORITY),
        refused("https://shop.example /", HOST),
        refused("https://shop.example\0.evil.example/", HOST),
        refused("https://%6c%6f%63%61%6c%68%6f%73%74/", HOST),
        refused("https://127.0.0.1%2eshop.example/", HOST),
        refused("https://shop_1.example/", HOST),
        refused("https://-shop.example/", HOST),
        refused("https://shop..example/", HOST),
        refused("https://.shop.example/", HOST),
        refused("https://shop.example./", HOST),
        refused("https://*.example/", HOST),
        // names that no URI has for a host: their last labels begin with a digit
        refused("https://shop.1a/hook", HOST),
        refused("https://shop.1a:8443/hook", HOST),
        refused("https://8.8.8.8a/", HOST),
        refused("https://shop.1xn--bcher-kva/", HOST),
        refused("https://shop.0xg/", HOST),
        refused("https://shop.１a/", HOST),
        refused("https://" + "a".repeat(64) + ".example/", HOST),
        refused("https://" + "a.".repeat(130) + "example/", HOST),
        // ports
        refused("https://shop.example:22/", PORT),
        refused("https://shop.example:80/", PORT),
        refused("https://shop.example:6379/", PORT),
        refused("https://shop.example:65536/", PORT),
        refused("https://shop.example:99999/", PORT),
        refused("https://shop.example:0443/", AUTHORITY),
        refused("https://shop.example:-443/", AUTHORITY),
        refused("https://shop.example:/", AUTHORITY),
        refused("https://shop.example:443:443/", AUTHORITY),
        refused("https://shop.example:443 /", AUTHORITY),
        refused("https://shop.example:４４３/", AUTHORITY),
        // this machine
        refused("https://localhost/", LOOPBACK),
        refused("https://LOCALHOST/", LOOPBACK),
        refused("https://localhost:8443/", LOOPBACK),
        refused("https://localhost./", HOST),
        refused("https://a.localhost/", LOOPBACK),
        refused("https://ｌｏｃａｌｈｏｓｔ/", LOOPBACK),
        refused("https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", LOOPBACK),
        refused("https://local\u00adhost/", LOOPBACK),
        refused("https://lоcalhost/", INTERNET), // a Cyrillic o: another name, of one label
        refused("https://127.0.0.1/", LOOPBACK),
        refused("https://127.255.255.254/", LOOPBACK),
        refused("https://[::1]/", LOOPBACK),
        refused("https://[0:0:0:0:0:0:0:1]/", LOOPBACK),
        refused("https://[0000::0001]/", LOOPBACK),
        // numbers in odd spellings
        refused("https://2130706433/", SPELLING),
        refused("https://0177.0.0.1/", SPELLING),
        refused("https://0x7f.1/", SPELLING),
        refused("https://0x7f000001/", SPELLING),
        refused("https://127.1/", SPELLING),
        refused("https://127.0.1/", SPELLING),
        refused("https://10.1/", SPELLING),
        refused("https://017700000001/", SPELLING),
        refused("https://127.0.0.01/", SPELLING),
        refused("https://127.0.0.0x1/", SPELLING),
        refused("https://256.1.1.1/", SPELLING),
        refused("https://8.8.8.8.8/", SPELLING),
        refused("https://8.8.8.999/", SPELLING),
        refused("https://shop.example.1/", SPELLING),
        refused("https://shop.0x/", SPELLING),
        refused("https://4294967297/", SPELLING),
        refused("https://127.0.0.1./", HOST),
        refused("https://１２７.０.０.１/", LOOPBACK),
        refused("https://127。0。0。1/", LOOPBACK),
        refused("https://①②⑦.0.0.1/", LOOPBACK),
        refused("https://١٢٧.0.0.1/", SPELLING),
        // addresses that are not public
        refused("https://0.0.0.0/", ADDRESS),
        refused("https://10.0.0.1/", ADDRESS),
        refused("https://100.64.0.1/", ADDRESS),
        refused("https://169.254.169.254/latest/meta-data/", ADDRESS),
        refused("https://172.16.0.1/", ADDRESS),
        refused("https://192.168.1.1/", ADDRESS),
        refused("https://255.255.255.255/", ADDRESS),
        refused("https://[::]/", ADDRESS),
        refused("https://[fd00:ec2::254]/", ADDRESS),
        refused("https://[fe80::1]/", ADDRESS),
        refused("https://[64:ff9b::7f00:1]/", ADDRESS),
        refused("https://[2002:7f00:1::]/", ADDRESS),
        refused("https://[::ffff:127.0.0.1]/", WRAPPED),
        refused("https://[::ffff:7f00:1]/", WRAPPED),
        refused("https://[::ffff:8.8.8.8]/", WRAPPED),
        refused("https://[::127.0.0.1]/", ADDRESS),
        refused("https://[fe80::1%25eth0]/", PLAIN),
        refused("https://[2606:4700::1111%eth0]/", PLAIN),
        refused("https://[v1.fe80]/", PLAIN),
        refused("https://[]/", PLAIN),
        refused("https://[02606:4700::1111]/", PLAIN),
        refused("https://[::1/", AUTHORITY),
        refused("https://[::1]evil.example/", AUTHORITY),
        refused("https://[[::1]]/", AUTHORITY),
        refused("https://[1::2::3]/", "a valid IPv6 address"),
        refused("https://[127.0.0.1]/", PLAIN),
        refused("https://::1/", AUTHORITY),
        // names that mean something inside
        refused("https://router/", INTERNET),
        refused("https://metadata.google.internal/", INTERNET),
        refused("https://payments.default.svc.cluster.local/", INTERNET),
        refused("https://printer.local/", INTERNET),
        refused("https://nas.home.arpa/", INTERNET),
        refused("https://wiki.corp/", INTERNET),
        refused("https://db.LAN/", INTERNET),
        refused("https://expyuzz4wqqyqhjn.onion/", INTERNET),
        refused("https://straße.example/", "xn--"),
        refused("https://sho\u200dp.example/", "xn--"),
        // the rest of the URL
        refused("https://shop.example//evil.example/", "one slash"),
        refused("https://shop.example/a b", ENCODED),
        refused("https://shop.example/\r\nX-Evil: 1", ENCODED),
        refused("https://shop.example/ü", ENCODED),
        refused("https://shop.example/a\u007fb", ENCODED),
        refused("https://shop.example/%zz", ENCODED),
        refused("https://shop.example/{id}", ENCODED),
        refused("https://shop.example/" + "a".repeat(2028), "2048 characters"),
        refused("https://" + "ü.".repeat(20) + "example/" + "a".repeat(1900), "2048 characters"));
  }

  private static Arguments refused(String url, String reason) {
    return Arguments.of(url, reason);
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void refusesWhatIsHostile(String url, String reason) {
    assertThatThrownBy(() -> WebhookUrl.parse(url, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("(must|has|is) .*")
        .hasMessageContaining(reason);
  }

  @Test
  void refusesNone() {
    assertThatThrownBy(() -> WebhookUrl.parse(null, false)).hasMessage("is missing");
  }

  @ParameterizedTest
  @CsvSource({
    "https://shop.example, https://shop.example, shop.example, 443",
    "https://shop.example/hooks/1?a=b&c=%20d, https://shop.example/hooks/1?a=b&c=%20d,"
        + " shop.example, 443",
    "https://shop.example?a, https://shop.example?a, shop.example, 443",
    "HTTPS://Shop.Example/Hooks, https://shop.example/Hooks, shop.example, 443",
    "https://shop.example:443/, https://shop.example:443/, shop.example, 443",
    "https://shop.example:8443/, https://shop.example:8443/, shop.example, 8443",
    "https://8.8.8.8/hook, https://8.8.8.8/hook, 8.8.8.8, 443",
    "https://[2606:4700::1111]/, https://[2606:4700::1111]/, 2606:4700::1111, 443",
    "https://[2606:4700::1111]:8443/, https://[2606:4700::1111]:8443/, 2606:4700::1111, 8443",
    "https://bücher.example/, https://xn--bcher-kva.example/, xn--bcher-kva.example, 443",
    "https://例え。テスト.jp/, https://xn--r8jz45g.xn--zckzah.jp/, xn--r8jz45g.xn--zckzah.jp, 443",
    "https://xn--strae-oqa.example/, https://xn--strae-oqa.example/, xn--strae-oqa.example, 443",
    "https://localhost.example/, https://localhost.example/, localhost.example, 443",
    "https://10.0.0.1.example/, https://10.0.0.1.example/, 10.0.0.1.example, 443",
    "https://internal.example/, https://internal.example/, internal.example, 443",
    "https://1.example/, https://1.example/, 1.example, 443",
    "https://0x7f.example/, https://0x7f.example/, 0x7f.example, 443",
    "https://shop.example/a//b/../c, https://shop.example/a//b/../c, shop.example, 443",
  })
  void keepsWhatIsGoodInOneSpelling(String url, String spelled, String host, int port) {
    WebhookUrl parsed = WebhookUrl.parse(url, false);
    assertThat(parsed).hasToString(spelled);
    assertThat(parsed.host()).isEqualTo(host);
    assertThat(parsed.port()).isEqualTo(port);
    assertThat(WebhookUrl.parse(spelled, false)).hasToString(spelled);
  }

  @Test
  void takesTheLongestUrl() {
    String url = "https://shop.example/hook?q=" + "a".repeat(2020);
    assertThat(url).hasSize(WebhookUrl.LENGTH_MAX);
    assertThat(WebhookUrl.parse(url, false)).hasToString(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:8081/hook",
        "http://127.0.0.1:1/",
        "http://[::1]:65535/",
        "http://a.localhost/",
        "https://localhost:9999/"
      })
  void takesThisMachineOnlyWhenToldTo(String url) {
    assertThat(WebhookUrl.parse(url, true)).hasToString(url);
    assertThatThrownBy(() -> WebhookUrl.parse(url, false)).hasMessageContaining(LOOPBACK);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://shop.example/",
        "https://shop.example:9999/",
        "http://10.0.0.1/",
        "https://192.168.0.1/",
        "http://localhost:65536/"
      })
  void takesNothingElseForThisMachine(String url) {
    assertThatThrownBy(() -> WebhookUrl.parse(url, true))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
