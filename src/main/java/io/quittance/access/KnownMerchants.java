package io.quittance.access;

import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.pool.RememberedLookup;
import io.quittance.database.ReservedConnection;
import io.quittance.identity.EnabledMerchants;
import io.quittance.identity.Terms;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Looks up merchants and their terms, and caches them like keys. Thread-safe. */
@Component
final class KnownMerchants implements EnabledMerchants {

  private static final Logger log = LoggerFactory.getLogger(KnownMerchants.class);

  private final JdbcClient jdbc;
  private final AccessProperties.Keys settings;
  private final TermsReader terms;
  private final RememberedLookup<UUID, Optional<Terms>> merchants;

  KnownMerchants(
      JdbcClient jdbc, AccessProperties properties, TermsReader terms, MeterRegistry registry) {
    this.jdbc = jdbc;
    this.settings = properties.access();
    this.terms = terms;
    this.merchants =
        new RememberedLookup<>(
            "merchants",
            RememberedLookup.finding(ReservedConnection.of("merchants", this::find)),
            settings.cacheSize(),
            settings.cacheTtl(),
            registry);
  }

  /** The terms of a merchant; empty if there is no such merchant. */
  Optional<Terms> terms(UUID id) throws InterruptedException {
    return merchants.get(id, Deadline.after(settings.timeout()));
  }

  @Override
  public boolean isEnabled(UUID id, Duration atMost) throws InterruptedException {
    try {
      return merchants.get(id, Deadline.after(atMost)).map(Terms::enabled).orElse(true);
    } catch (RuntimeException e) {
      log.debug(
          "Whether a merchant is enabled could not be read; it is taken as enabled: {}",
          e.toString());
      return true;
    }
  }

  /** Forgets a merchant, so that it is looked up again. */
  void forget(UUID id) {
    merchants.forget(id);
  }

  private Map<UUID, Terms> find(List<UUID> ids) {
    Map<UUID, Terms> found = new HashMap<>();
    jdbc.sql("select m.id, %s from merchants m where m.id in (:ids)".formatted(TermsReader.COLUMNS))
        .param("ids", ids)
        .query(
            rs -> {
              found.put(rs.getObject("id", UUID.class), terms.read(rs));
            });
    return found;
  }

  @PreDestroy
  void close() {
    merchants.close();
  }
}
