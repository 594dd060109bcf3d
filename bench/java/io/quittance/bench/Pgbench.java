package io.quittance.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The same transaction once more, driven by PostgreSQL's own load generator, if it is installed.
 */
final class Pgbench {

  private static final Pattern TPS = Pattern.compile("tps = ([0-9.]+)");
  private static final Pattern DONE = Pattern.compile("actually processed: ([0-9]+)");

  /** Result of one run. */
  record Result(double perSecond, long acknowledged) {}

  private static final String SCRIPT =
      """
      \\set payer random(FIRST_PAYER, LAST)
      \\set payee PAYEE
      \\set amount random(AMOUNT_MIN, AMOUNT_MAX)
      begin;
      select id, posted, pending_out, overdraft_limit, kind, currency from accounts
       where merchant_id = 'MERCHANT' and id in ('a' || :payer, 'a' || :payee)
       order by id for update;
      select uuidv7() as payment, uuidv7() as transfer, clock_timestamp() as t,
             count(*) as n, coalesce(sum(amount), 0) as spent
        from payments
       where merchant_id = 'MERCHANT' and payer = 'a' || :payer
         and created_at > current_timestamp - interval '60 seconds' and status <> 'failed' \\gset
      insert into idempotency_keys (merchant_id, operation, idempotency_key, fingerprint, object_id,
                                    runs_until, created_at)
      values ('MERCHANT', 'POST /v1/payments', gen_random_uuid()::text, repeat('x', 43), :payment,
              :t::timestamptz + interval '7 seconds', :t::timestamptz);
      insert into payments (merchant_id, id, amount, currency, payer, payee, capture_method,
          metadata, hold_id, hold_seconds, granted_ms, created_at, resolves_by, status,
          amount_captured, amount_refunded, fraud_decision, fraud_score, fraud_reasons,
          fraud_source, answer_status, used_ms, event_count, authorized_at, captured_at)
      values ('MERCHANT', :payment, :amount, 'EUR', 'a' || :payer, 'a' || :payee, 'automatic', '{}',
          :transfer, 604800, 2000, :t::timestamptz, :t::timestamptz + interval '7 seconds',
          'succeeded', :amount, 0, 'approve', 0, '', 'rules', 201, 1, 1, :t::timestamptz,
          :t::timestamptz);
      update accounts set posted = posted - :amount, entry_count = entry_count + 1
       where merchant_id = 'MERCHANT' and id = 'a' || :payer
      returning posted as from_balance, entry_count as from_entry \\gset
      update accounts set posted = posted + :amount, entry_count = entry_count + 1
       where merchant_id = 'MERCHANT' and id = 'a' || :payee
      returning posted as to_balance, entry_count as to_entry \\gset
      insert into transfers (merchant_id, id, from_account, to_account, amount, currency, state,
          payment_id, metadata, created_at, ended_at, from_entry, to_entry, from_balance_after,
          to_balance_after)
      values ('MERCHANT', :transfer, 'a' || :payer, 'a' || :payee, :amount, 'EUR', 'posted',
          :payment, '{}', :t::timestamptz, :t::timestamptz, :from_entry, :to_entry,
          :from_balance, :to_balance);
      insert into events (merchant_id, id, payment_id, sequence, type, created_at, data)
      values ('MERCHANT', uuidv7(), :payment, 1, 'payment.succeeded', :t::timestamptz,
          repeat('x', EVENT_LENGTH));
      insert into payment_timelines (merchant_id, payment_id, opened_at, body)
      values ('MERCHANT', :payment, :t::timestamptz, repeat('x', TIMELINE_LENGTH));
      commit;
      """;

  private final Path binary;
  private final Database database;
  private final String name;
  private final UUID merchant;

  private Pgbench(Path binary, Database database, String name, UUID merchant) {
    this.binary = binary;
    this.database = database;
    this.name = name;
    this.merchant = merchant;
  }

  /** Empty where pgbench is not installed. */
  static Optional<Pgbench> find(Database database, String name, UUID merchant) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(directory -> Path.of(directory, "pgbench"))
        .filter(Files::isExecutable)
        .findFirst()
        .map(binary -> new Pgbench(binary, database, name, merchant));
  }

  Result run(Workload workload, int connections, int seconds)
      throws IOException, InterruptedException {
    Path script = Files.createTempFile("quittance-bench", ".sql");
    try {
      Files.writeString(script, script(workload));
      var builder =
          new ProcessBuilder(
              List.of(
                  binary.toString(),
                  "--no-vacuum",
                  "--protocol=prepared",
                  "--client=" + connections,
                  "--jobs=2",
                  "--time=" + seconds,
                  "--file=" + script,
                  "--host=localhost",
                  "--port=" + database.port(),
                  "--username=" + Database.USER,
                  name));
      builder.environment().put("PGPASSWORD", Database.PASSWORD);
      Process process = builder.redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes());
      if (process.waitFor() != 0) {
        throw new IOException("pgbench: " + output);
      }
      return new Result(Double.parseDouble(find(TPS, output)), Long.parseLong(find(DONE, output)));
    } finally {
      Files.delete(script);
    }
  }

  private static String find(Pattern pattern, String output) throws IOException {
    Matcher matcher = pattern.matcher(output);
    if (!matcher.find()) {
      throw new IOException("pgbench: " + output);
    }
    return matcher.group(1);
  }

  private String script(Workload workload) {
    int first = Order.FIRST_ACCOUNT;
    OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
    String event = Bodies.event(merchant, Order.AMOUNT_MIN, "a10000", "a10001", now);
    int last = first + Order.ACCOUNTS - 1;
    boolean hot = workload.hot();
    String payee =
        hot
            ? Integer.toString(Order.HOT_ACCOUNT)
            : "%1$d + (:payer - %1$d + random(1, %2$d)) %% %3$d"
                .formatted(first, Order.ACCOUNTS - 1, Order.ACCOUNTS);
    return SCRIPT
        .replace("FIRST_PAYER", Integer.toString(hot ? first + 1 : first))
        .replace("LAST", Integer.toString(last))
        .replace("PAYEE", payee)
        .replace("AMOUNT_MIN", Integer.toString(Order.AMOUNT_MIN))
        .replace("AMOUNT_MAX", Integer.toString(Order.AMOUNT_MAX))
        .replace("MERCHANT", merchant.toString())
        .replace("EVENT_LENGTH", Integer.toString(event.length()))
        .replace("TIMELINE_LENGTH", Integer.toString(Bodies.timeline().length()));
  }
}
