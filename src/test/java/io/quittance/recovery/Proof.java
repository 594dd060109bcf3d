package io.quittance.recovery;

import io.quittance.testing.LedgerAudit;
import io.quittance.testing.Postgres;
import io.quittance.web.TypeId;
import java.sql.Array;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Compares what the clients of one merchant were told with what the database has. */
final class Proof {

  private final History history;
  private final UUID merchantId;
  private final LedgerAudit audit;
  private final JdbcClient jdbc;
  private final List<String> violations = new ArrayList<>();
  private final Map<String, Integer> endings = new TreeMap<>();

  Proof(History history, UUID merchantId, Postgres.Database database) {
    this.history = history;
    this.merchantId = merchantId;
    this.audit = new LedgerAudit(database);
    this.jdbc = JdbcClient.create(database.dataSource());
  }

  /** What is not as it was told, in words; empty if everything is. */
  List<String> violations() {
    history.entries().forEach(this::plausible);
    Map<String, Story.Stored> payments = payments();
    payments
        .values()
        .forEach(
            stored ->
                endings.merge(
                    "%s with hold %s".formatted(stored.status(), stored.hold().state()),
                    1,
                    Integer::sum));
    sameObjects(Operation.PAY, payments.keySet());
    sameObjects(Operation.TRANSFER, transfers());
    oneObjectPerKey();
    sameToTwins();
    sameStories(payments);
    violations.addAll(audit.violations());
    return violations;
  }

  /** How many payments have come to which end, so that a run shows what it has tried. */
  Map<String, Integer> endings() {
    return endings;
  }

  private void plausible(History.Entry entry) {
    if (!entry.definite()) {
      violations.add("never answered: " + entry);
    } else if (!entry.request().operation().mayAnswer(entry.outcome())) {
      violations.add("an answer out of place: " + entry);
    } else if (entry.request().operation() == Operation.PAY) {
      Set<String> others = new HashSet<>(entry.named());
      others.removeAll(Set.of("", entry.outcome().id()));
      if (!others.isEmpty()) {
        violations.add("was told of %s, too: %s".formatted(others, entry));
      }
    }
  }

  /** Nothing that was told of is lost, and nothing is there that nobody was told of. */
  private void sameObjects(Operation operation, Set<String> stored) {
    Set<String> told =
        ofOperation(operation)
            .map(entry -> entry.outcome().id())
            .filter(id -> !id.isEmpty())
            .collect(Collectors.toSet());
    difference(told, stored).forEach(id -> violations.add(operation + " lost: " + id));
    difference(stored, told).forEach(id -> violations.add(operation + " untold: " + id));
  }

  private static Set<String> difference(Set<String> some, Set<String> others) {
    Set<String> rest = new HashSet<>(some);
    rest.removeAll(others);
    return rest;
  }

  private void oneObjectPerKey() {
    Set<Operation> making =
        Set.of(Operation.PAY, Operation.TRANSFER, Operation.CAPTURE, Operation.REFUND);
    Map<String, History.Entry> makers = new HashMap<>();
    for (History.Entry entry : history.entries()) {
      if (making.contains(entry.request().operation()) && entry.succeeded()) {
        History.Entry other = makers.put(entry.outcome().id(), entry);
        if (other != null && !other.request().key().equals(entry.request().key())) {
          violations.add("one object for two keys: %s and %s".formatted(other, entry));
        }
      }
    }
  }

  /** Whoever joins a request is told what the other one is told. */
  private void sameToTwins() {
    Map<String, History.Entry> firsts =
        history.entries().stream()
            .filter(entry -> !entry.request().isTwin())
            .collect(Collectors.toMap(entry -> entry.request().key(), entry -> entry));
    history.entries().stream()
        .filter(entry -> entry.request().isTwin())
        .forEach(
            twin -> {
              History.Entry first = firsts.get(twin.request().key());
              if (!Objects.equals(first.outcome(), twin.outcome())) {
                violations.add("twins were told %s and %s".formatted(first, twin));
              }
            });
  }

  private Stream<History.Entry> ofOperation(Operation operation) {
    return history.entries().stream()
        .filter(entry -> entry.definite() && !entry.request().isTwin())
        .filter(entry -> entry.request().operation() == operation);
  }

  private void sameStories(Map<String, Story.Stored> payments) {
    stories()
        .forEach(
            (paymentId, story) -> {
              if (payments.containsKey(paymentId)) {
                violations.addAll(story.contradictions(payments.get(paymentId)));
              }
            });
  }

  private Map<String, Story> stories() {
    Map<String, Story> byPayment = new HashMap<>();
    ofOperation(Operation.PAY)
        .filter(entry -> !entry.outcome().id().isEmpty())
        .forEach(entry -> byPayment.put(entry.outcome().id(), new Story(entry)));
    history.entries().stream()
        .filter(entry -> !entry.request().isTwin())
        .filter(entry -> byPayment.containsKey(entry.request().paymentId()))
        .forEach(entry -> byPayment.get(entry.request().paymentId()).add(entry));
    return byPayment;
  }

  private Set<String> transfers() {
    return jdbc
        .sql(
            """
            select id from transfers
             where merchant_id = ? and payment_id is null and from_account <> 'world'
            """)
        .param(merchantId)
        .query(UUID.class)
        .stream()
        .map(id -> TypeId.format("trf", id))
        .collect(Collectors.toSet());
  }

  private Map<String, Story.Stored> payments() {
    Map<String, Story.Stored> found = new HashMap<>();
    jdbc.sql(
            """
            select p.id, p.status, p.amount, p.amount_captured, p.amount_refunded,
                   array_agg(t.amount) filter (where t.from_account = p.payer) as captured,
                   array_agg(t.amount) filter (where t.from_account = p.payee) as refunded,
                   coalesce(h.state, 'none') as hold,
                   coalesce(coalesce(p.expires_at, h.expires_at) <= now(), false) as ran_out,
                   count(*) filter (where t.from_account = p.payer
                       and t.ended_at >= h.expires_at) as late_captures,
                   (select array_agg(e.type order by e.sequence) from events e
                     where e.merchant_id = p.merchant_id and e.payment_id = p.id) as events
              from payments p
              left join transfers t
                on t.merchant_id = p.merchant_id and t.payment_id = p.id and t.state = 'posted'
              left join transfers h on h.merchant_id = p.merchant_id and h.id = p.hold_id
             where p.merchant_id = ? group by p.merchant_id, p.id, h.merchant_id, h.id
            """)
        .param(merchantId)
        .query(
            rs -> {
              found.put(
                  TypeId.format("pay", rs.getObject("id", UUID.class)),
                  new Story.Stored(
                      rs.getString("status"),
                      rs.getLong("amount"),
                      rs.getLong("amount_captured"),
                      rs.getLong("amount_refunded"),
                      amounts(rs.getArray("captured")),
                      amounts(rs.getArray("refunded")),
                      new Story.Hold(
                          rs.getString("hold"),
                          rs.getBoolean("ran_out"),
                          rs.getInt("late_captures")),
                      strings(rs.getArray("events"))));
            });
    return found;
  }

  private static List<String> strings(Array array) throws SQLException {
    return array == null ? List.of() : List.of((String[]) array.getArray());
  }

  private static List<Long> amounts(Array array) throws SQLException {
    return array == null ? List.of() : List.of((Long[]) array.getArray());
  }
}
