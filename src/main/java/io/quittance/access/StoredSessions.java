package io.quittance.access;

import io.quittance.access.ConsoleSessions.Session;
import io.quittance.audit.AuditEntry;
import io.quittance.audit.AuditTrail;
import io.quittance.database.Instants;
import io.quittance.identity.Origin;
import io.quittance.web.TypeId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The sessions of the console as they are stored: by the SHA-256 of their tokens. Thread-safe. */
@Component
class StoredSessions {

  /** The most sessions of one key; another one ends the oldest. */
  private static final int MOST = 50;

  private final JdbcClient jdbc;
  private final AccessCaches caches;
  private final AuditTrail audit;
  private final Clock clock;

  StoredSessions(JdbcClient jdbc, AccessCaches caches, AuditTrail audit, Clock clock) {
    this.jdbc = jdbc;
    this.caches = caches;
    this.audit = audit;
    this.clock = clock;
  }

  /** Stores a new session of a key. */
  @Transactional
  public void add(Identity identity, Origin origin, Secret token, Instant expiresAt) {
    UUID merchantId = identity.merchantId();
    jdbc.sql(
            """
            delete from console_sessions
             where merchant_id = :merchant and key_id = :key
               and (expires_at <= :now
                    or id not in (select id from console_sessions
                                   where merchant_id = :merchant and key_id = :key
                                   order by id desc limit :most))
            """)
        .param("merchant", merchantId)
        .param("key", identity.keyId())
        .param("now", Instants.parameter(clock.instant()))
        .param("most", MOST - 1)
        .update();
    jdbc.sql(
            """
            insert into console_sessions (merchant_id, id, key_id, token_hash, created_at, expires_at)
            values (?, ?, ?, ?, ?, ?)
            """)
        .params(
            merchantId,
            TypeId.next(),
            identity.keyId(),
            token.hash(),
            Instants.parameter(clock.instant()),
            Instants.parameter(expiresAt))
        .update();
    record(identity, origin, "api_key.session_opened");
    caches.forgetOnCommit(identity.merchantId());
  }

  /** Ends a session for good. */
  @Transactional
  public void remove(Identity identity, Origin origin, Secret token) {
    int removed =
        jdbc.sql("delete from console_sessions where merchant_id = ? and token_hash = ?")
            .params(identity.merchantId(), token.hash())
            .update();
    if (removed > 0) {
      record(identity, origin, "api_key.session_ended");
      caches.forgetOnCommit(identity.merchantId());
    }
  }

  private void record(Identity identity, Origin origin, String action) {
    audit.record(
        AuditEntry.of(
            identity.merchantId(),
            origin,
            action,
            TypeId.format("key", identity.keyId()),
            Map.of()));
  }

  /** The details of a valid session. */
  Optional<Session> show(Identity identity, Secret token) {
    return jdbc.sql(
            """
            select m.name, s.expires_at, k.expires_at as key_expires_at
              from console_sessions s
              join api_keys k on k.merchant_id = s.merchant_id and k.id = s.key_id
              join merchants m on m.id = s.merchant_id
             where s.merchant_id = ? and s.token_hash = ?
            """)
        .params(identity.merchantId(), token.hash())
        .query((rs, row) -> new Session(rs.getString("name"), identity.scopes(), end(rs)))
        .optional();
  }

  private static Instant end(ResultSet rs) throws SQLException {
    Instant session = Instants.read(rs, "expires_at");
    @Nullable Instant key = Instants.readOrNull(rs, "key_expires_at");
    return key == null || key.isAfter(session) ? session : key;
  }
}
