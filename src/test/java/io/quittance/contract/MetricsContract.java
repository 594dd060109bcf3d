package io.quittance.contract;

import static io.quittance.contract.Client.order;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Operators find each metric of ours in docs/metrics.md, and no metric that there is not. */
abstract class MetricsContract extends Contract {

  /** Those of Kafka, which is off here, are KafkaIT's. */
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(quittance_(?!kafka_)[a-z_]+)` \\|");

  /** What the JVM's, Tomcat's, Spring's and other libraries' metrics begin with. */
  private static final Pattern FOREIGN =
      Pattern.compile(
          "(application|cache|disk|executor|flyway|hikaricp|http|jdbc|jvm|log4j2|logback|process"
              + "|resilience4j|spring|startup|system|tasks|tomcat)[._].*");

  @Autowired private MeterRegistry registry;

  @Test
  void areAllOnTheirPageAndAllThatThePageListsAreThere() throws IOException {
    String paid = merchant.pay(order(1, "alice", "shop")).is(201).id();
    merchant.refund(paid).is(201);

    assertThat(listed()).isEqualTo(registered());
    nothingMoved();
  }

  @Test
  void beginWithOurNameOrBelongToALibrary() {
    assertThat(registry.getMeters())
        .extracting(meter -> meter.getId().getName())
        .allMatch(name -> name.startsWith("quittance.") || FOREIGN.matcher(name).matches());
  }

  private static Set<String> listed() throws IOException {
    return ROW.matcher(Files.readString(Path.of("docs/metrics.md")))
        .results()
        .map(row -> row.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> registered() {
    return registry.getMeters().stream()
        .map(Meter::getId)
        .filter(id -> id.getName().startsWith("quittance.") && id.syntheticAssociation() == null)
        .map(MetricsContract::exported)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String exported(Meter.Id id) {
    String name =
        new PrometheusNamingConvention().name(id.getName(), id.getType(), id.getBaseUnit());
    return id.getType() == Meter.Type.COUNTER && !name.endsWith("_total") ? name + "_total" : name;
  }
}
