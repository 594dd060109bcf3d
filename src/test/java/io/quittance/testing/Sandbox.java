package io.quittance.testing;

import io.quittance.QuittanceApplication;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The service in this process, as anybody starts it to try it out, on a port of its own. */
public final class Sandbox implements AutoCloseable {

  public static final String OPERATOR_KEY = "an operator key for tests only, long enough";

  private final ConfigurableApplicationContext context;

  private Sandbox(List<String> properties) {
    var all = new ArrayList<>(properties);
    all.addAll(
        List.of(
            "--server.port=0",
            // There may be several.
            "--spring.jmx.enabled=false",
            "--quittance.notification.allow-loopback=true",
            "--quittance.operator-key=" + OPERATOR_KEY));
    this.context =
        new SpringApplicationBuilder(QuittanceApplication.class)
            .profiles("sandbox")
            .run(all.toArray(String[]::new));
  }

  /** In memory. */
  public static Sandbox onH2(String... properties) {
    var all = new ArrayList<>(List.of(properties));
    all.add(
        "--spring.datasource.url=jdbc:h2:mem:%s;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=5000"
            .formatted(UUID.randomUUID()));
    return new Sandbox(all);
  }

  public static Sandbox on(Postgres.Database database) {
    return new Sandbox(
        List.of(
            "--spring.datasource.url=" + database.url(),
            "--spring.datasource.username=" + Postgres.Database.USER,
            "--spring.datasource.password=" + Postgres.Database.PASSWORD));
  }

  public URI uri() {
    return URI.create(
        "http://127.0.0.1:" + context.getEnvironment().getRequiredProperty("local.server.port"));
  }

  @Override
  public void close() {
    context.close();
  }
}
