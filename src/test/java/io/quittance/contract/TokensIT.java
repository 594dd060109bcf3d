package io.quittance.contract;

import static io.quittance.contract.Json.array;
import static io.quittance.contract.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import io.quittance.testing.Postgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Tokens of an authorization server, in place of API keys, with a real key server. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "quittance.operator-key=" + Contract.OPERATOR_KEY,
      "quittance.access.jwt.audience=quittance",
      "quittance.access.jwt.refresh-interval=1ms"
    })
@ActiveProfiles("sandbox")
class TokensIT extends Contract {

  private static final String AUDIENCE = "quittance";
  private static final String SCOPES = "openid payments:write payments:read ledger:read keys:write";
  private static final RSAKey FIRST = key("first");
  private static final AtomicReference<JWKSet> PUBLISHED =
      new AtomicReference<>(new JWKSet(FIRST.toPublicJWK()));
  private static final HttpServer ISSUER = issuer();

  private String merchantId;

  @DynamicPropertySource
  static void configure(DynamicPropertyRegistry registry) {
    Postgres.Database database = Postgres.create();
    database.provideTo(registry);
    registry.add("quittance.access.jwt.issuer", TokensIT::issuerUri);
  }

  @AfterAll
  static void stop() {
    ISSUER.stop(0);
  }

  @BeforeEach
  void nameTheMerchant() {
    merchantId = merchant.get("/v1/audit-log?action=merchant.created").text("/data/0/object_id");
  }

  @Test
  void openTheBooksOfTheMerchantThatTheyName() {
    Client bearer = merchant.with(token(claims -> {}));

    bearer.get("/v1/accounts/alice").is(200);
    bearer.pay(100, "alice", "shop").is(201);

    moved(100);
    newMerchant();
    assertThat(merchant.get("/v1/payments").body().path("data")).hasSize(1);
  }

  @Test
  void takeTheirScopesFromAListToo() {
    Client reader =
        merchant.with(
            token(claims -> claims.claim("scope", null).claim("scp", List.of("ledger:read"))));

    reader.get("/v1/accounts/alice").is(200);
    reader.pay(100, "alice", "shop").isProblem(403, "insufficient_scope");
    nothingMoved();
  }

  @Test
  void areNamedInTheAuditTrail() {
    Client bearer = merchant.with(token(claims -> {}));
    bearer.post("/v1/api-keys", object("name", "k", "scopes", array("ledger:read"))).is(201);

    Answer log = merchant.get("/v1/audit-log?limit=1").is(200);

    assertThat(log.text("/data/0/actor/type")).isEqualTo("token");
    assertThat(log.text("/data/0/actor/id")).isEqualTo("alex@example.com");
  }

  @Test
  void doNotManageMerchants() {
    merchant
        .with(token(claims -> {}))
        .post("/v1/merchants", object("name", "m"))
        .isProblem(403, "insufficient_scope");
  }

  @Test
  void leaveKeysAsTheyAre() {
    merchant.get("/v1/accounts/alice").is(200);
    merchant.with("not.a.token").get("/v1/accounts").isProblem(401, "unauthorized");
  }

  static Stream<Consumer<JWTClaimsSet.Builder>> wrongClaims() {
    Instant now = Instant.now();
    return Stream.of(
        claims -> claims.issuer("https://elsewhere.example"),
        claims -> claims.issuer(null),
        claims -> claims.audience("another service"),
        claims -> claims.audience((String) null),
        claims -> claims.expirationTime(Date.from(now.minusSeconds(120))),
        claims -> claims.expirationTime(null),
        claims -> claims.notBeforeTime(Date.from(now.plusSeconds(600))),
        claims -> claims.subject(null),
        claims -> claims.subject("x".repeat(300)),
        claims -> claims.claim("merchant_id", null),
        claims -> claims.claim("merchant_id", "mch_00000000000000000000000000"),
        claims -> claims.claim("merchant_id", "shop"),
        claims -> claims.claim("merchant_id", 7),
        claims -> claims.claim("scope", "openid profile"),
        claims -> claims.claim("scope", null));
  }

  @ParameterizedTest
  @MethodSource("wrongClaims")
  void areRefusedWithAClaimThatIsWrong(Consumer<JWTClaimsSet.Builder> change) {
    refused(token(change));
  }

  @Test
  void areRefusedWithoutASignature() {
    refused(new PlainJWT(claims(claims -> {})).serialize());
  }

  @Test
  void areRefusedWhenThePublicKeyServesAsASharedSecret() throws JOSEException {
    byte[] publicKey = FIRST.toRSAPublicKey().getEncoded();
    var jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("first").build(), claims(claims -> {}));
    jwt.sign(new MACSigner(publicKey));

    refused(jwt.serialize());
  }

  @Test
  void areRefusedFromAForgerWhoKnowsTheKeysName() {
    refused(signed(key("first"), claims(claims -> {})));
  }

  @Test
  void areRefusedOnceChanged() {
    String[] parts = token(claims -> {}).split("\\.");
    String[] others = token(claims -> claims.claim("scope", "fraud:write")).split("\\.");

    refused(parts[0] + '.' + others[1] + '.' + parts[2]);
  }

  @Test
  void areTakenWithAKeyThatTheIssuerHasJustAdded() {
    RSAKey second = key("second");
    String token = signed(second, claims(claims -> {}));
    refused(token);

    PUBLISHED.set(new JWKSet(List.of(FIRST.toPublicJWK(), second.toPublicJWK())));

    Awaitility.await().untilAsserted(() -> merchant.with(token).get("/v1/accounts/alice").is(200));
    merchant.with(token(claims -> {})).get("/v1/accounts/alice").is(200);
  }

  private void refused(String token) {
    Answer answer = merchant.with(token).get("/v1/accounts");
    answer.isProblem(401, "unauthorized");
    assertThat(answer.header("WWW-Authenticate").orElse(""))
        .isEqualTo("Bearer error=\"invalid_token\"");
    assertThat(answer.text()).doesNotContain(token);
  }

  private String token(Consumer<JWTClaimsSet.Builder> change) {
    return signed(FIRST, claims(change));
  }

  private JWTClaimsSet claims(Consumer<JWTClaimsSet.Builder> change) {
    Instant now = Instant.now();
    var claims =
        new JWTClaimsSet.Builder()
            .issuer(issuerUri())
            .audience(List.of("something else", AUDIENCE))
            .subject("alex@example.com")
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plusSeconds(300)))
            .claim("scope", SCOPES)
            .claim("merchant_id", merchantId);
    change.accept(claims);
    return claims.build();
  }

  private static String signed(RSAKey key, JWTClaimsSet claims) {
    var jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims);
    try {
      jwt.sign(new RSASSASigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    return jwt.serialize();
  }

  private static RSAKey key(String id) {
    try {
      return new RSAKeyGenerator(2048).keyID(id).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String issuerUri() {
    return "http://127.0.0.1:" + ISSUER.getAddress().getPort();
  }

  /** Has a discovery document, and keys where that says. */
  private static HttpServer issuer() {
    try {
      var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      String base = "http://127.0.0.1:" + server.getAddress().getPort();
      answer(
          server,
          "/.well-known/openid-configuration",
          () -> object("issuer", base, "jwks_uri", base + "/keys").toString());
      answer(server, "/keys", () -> PUBLISHED.get().toString());
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void answer(HttpServer server, String path, Supplier<String> body) {
    server.createContext(
        path,
        exchange -> {
          byte[] bytes = body.get().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }
}
