package io.quittance.access;

import io.quittance.database.Instants;
import io.quittance.identity.Actor;
import io.quittance.identity.RateLimit;
import io.quittance.identity.Scope;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the keys that are valid now, many in one query. Thread-safe. */
@Component
final class StoredKeys {

  private static final String COLUMNS =
      """
      k.id, k.merchant_id, k.scopes, k.scope_vocabulary, k.requests_per_second, k.burst, %s
      """
          .formatted(TermsReader.COLUMNS);

  private static final String GOOD =
      " and k.revoked_at is null and (k.expires_at is null or k.expires_at > :now)";

  private static final String FIND =
      """
      select k.secret_hash as hash, %s
        from api_keys k join merchants m on m.id = k.merchant_id
       where k.secret_hash in (:hashes)
      """
              .formatted(COLUMNS)
          + GOOD;

  private static final String FIND_BY_SESSION =
      """
      select s.token_hash as hash, %s
        from console_sessions s
        join api_keys k on k.merchant_id = s.merchant_id and k.id = s.key_id
        join merchants m on m.id = s.merchant_id
       where s.token_hash in (:hashes) and s.expires_at > :now
      """
              .formatted(COLUMNS)
          + GOOD;

  private final JdbcClient jdbc;
  private final Clock clock;
  private final TermsReader terms;

  StoredKeys(JdbcClient jdbc, Clock clock, TermsReader terms) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.terms = terms;
  }

  /** By the SHA-256 of their secrets. */
  Map<ByteBuffer, Identity> find(List<ByteBuffer> hashes) {
    return find(FIND, hashes);
  }

  /** By the SHA-256 of the tokens of sessions that stand for them. */
  Map<ByteBuffer, Identity> ofSessions(List<ByteBuffer> hashes) {
    return find(FIND_BY_SESSION, hashes);
  }

  private Map<ByteBuffer, Identity> find(String sql, List<ByteBuffer> hashes) {
    Map<ByteBuffer, Identity> found = new HashMap<>();
    jdbc.sql(sql)
        .param("hashes", hashes.stream().map(ByteBuffer::array).toList())
        .param("now", Instants.parameter(clock.instant()))
        .query(
            rs -> {
              UUID keyId = rs.getObject("id", UUID.class);
              found.put(
                  ByteBuffer.wrap(rs.getBytes("hash")),
                  new Identity(
                      rs.getObject("merchant_id", UUID.class),
                      keyId,
                      Actor.key(keyId),
                      Scope.split(rs.getString("scopes"), rs.getInt("scope_vocabulary")),
                      terms.read(rs),
                      rateLimit(rs)));
            });
    return found;
  }

  private static @Nullable RateLimit rateLimit(ResultSet rs) throws SQLException {
    int perSecond = rs.getInt("requests_per_second");
    return rs.wasNull() ? null : new RateLimit(perSecond, rs.getInt("burst"));
  }
}
