package io.quittance.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Collects rounds and prints them: a line each, then medians and their ratios. */
final class Results {

  private static final String SERVICE = "service";
  private static final String PGBENCH = "pgbench";

  private record Cell(Workload workload, String target) {}

  private final Report report;
  private final Map<Cell, List<Double>> rates = new LinkedHashMap<>();
  private final Map<Cell, List<Measured>> runs = new LinkedHashMap<>();

  Results(Report report) {
    this.report = report;
  }

  void add(int round, Workload workload, String target, Measured measured) {
    if (rates.isEmpty()) {
      report.line(
          "%-5s %-8s %-8s %9s %9s %9s %9s %8s %9s %9s %9s",
          "round",
          "load",
          "target",
          "per s",
          "p50 ms",
          "p99 ms",
          "p99.9 ms",
          "batch",
          "commits",
          "WAL B",
          "svc CPU µs");
    }
    rate(workload, target, measured.perSecond());
    runs.computeIfAbsent(new Cell(workload, target), cell -> new ArrayList<>()).add(measured);
    line(Integer.toString(round), workload, target, measured.perSecond(), measured);
  }

  void add(int round, Workload workload, Pgbench.Result result) {
    rate(workload, PGBENCH, result.perSecond());
    report.line("%-5d %-8s %-8s %9.0f", round, workload.text(), PGBENCH, result.perSecond());
  }

  private void rate(Workload workload, String target, double perSecond) {
    rates.computeIfAbsent(new Cell(workload, target), cell -> new ArrayList<>()).add(perSecond);
  }

  private void line(
      String label, Workload workload, String target, double perSecond, Measured measured) {
    boolean batches = target.equals(SERVICE);
    report.line(
        "%-5s %-8s %-8s %9.0f %9.2f %9.2f %9.2f %8s %9.3f %9.0f %9s",
        label,
        workload.text(),
        target,
        perSecond,
        measured.percentileMs(50),
        measured.percentileMs(99),
        measured.percentileMs(99.9),
        batches ? "%.1f".formatted(measured.commandsPerBatch()) : "-",
        measured.commitsPerPayment(),
        measured.walBytesPerPayment(),
        batches ? "%.0f".formatted(measured.cpuMicrosPerPayment()) : "-");
  }

  double median(Workload workload, String target) {
    return Report.median(rates.get(new Cell(workload, target)));
  }

  /** Latencies of all rounds together; everything else is the sum of the rounds. */
  void summary() {
    report.line("medians of the rounds (latencies of all rounds together)");
    rates.forEach(
        (cell, perSecond) -> {
          if (runs.containsKey(cell)) {
            line(
                "all",
                cell.workload(),
                cell.target(),
                Report.median(perSecond),
                together(runs.get(cell)));
          } else {
            report.line(
                "%-5s %-8s %-8s %9.0f",
                "all", cell.workload().text(), cell.target(), Report.median(perSecond));
          }
        });
    for (Workload workload : Workload.values()) {
      for (Cell cell : rates.keySet()) {
        if (cell.workload() == workload && !cell.target().equals(SERVICE)) {
          ratio(workload, cell);
        }
      }
    }
  }

  private void ratio(Workload workload, Cell base) {
    List<Double> service = rates.get(new Cell(workload, SERVICE));
    List<Double> other = rates.get(base);
    var each = new ArrayList<Double>();
    for (int i = 0; i < service.size(); i++) {
      each.add(service.get(i) / other.get(i));
    }
    report.line(
        "RATIO %-8s service / %-8s %.2f x, of medians (rounds: %.2f to %.2f)",
        workload.text(),
        base.target(),
        Report.median(service) / Report.median(other),
        each.stream().min(Double::compare).orElseThrow(),
        each.stream().max(Double::compare).orElseThrow());
  }

  private static Measured together(List<Measured> rounds) {
    Histogram latency = Measured.histogram();
    rounds.forEach(round -> latency.add(round.latency()));
    return new Measured(
        rounds.stream().mapToLong(Measured::acknowledged).sum(),
        rounds.stream().mapToLong(Measured::acknowledgedInAll).sum(),
        rounds.stream().mapToDouble(Measured::seconds).sum(),
        latency,
        new Probe.Sample(0, 0, 0, 0, 0),
        rounds.stream().map(Measured::difference).reduce(Probe.Sample::plus).orElseThrow());
  }

  void openLoop(Workload workload, String target, double rate, Measured measured) {
    report.line(
        "OPEN  %-8s %-8s %.0f/s due, %.0f/s answered: p50 %.2f  p99 %.2f  p99.9 %.2f  max %.1f ms"
            + " from the scheduled start",
        workload.text(),
        target,
        rate,
        measured.perSecond(),
        measured.percentileMs(50),
        measured.percentileMs(99),
        measured.percentileMs(99.9),
        measured.maxMs());
  }
}
