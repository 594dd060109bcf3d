package io.quittance.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** Collects rounds and prints them: a line each, then medians and their ratios. */
final class Results {

  static final String SERVICE = "service";
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
          "%-5s %-9s %-8s %9s %9s %9s %9s %8s %9s %9s %9s",
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
    report.line("%-5d %-9s %-8s %9.0f", round, workload.text(), PGBENCH, result.perSecond());
  }

  private void rate(Workload workload, String target, double perSecond) {
    rates.computeIfAbsent(new Cell(workload, target), cell -> new ArrayList<>()).add(perSecond);
  }

  private void line(
      String label, Workload workload, String target, double perSecond, Measured measured) {
    boolean service = measured.ofService();
    Histogram latency = measured.latency();
    report.line(
        "%-5s %-9s %-8s %9.0f %9.2f %9.2f %9.2f %8s %9.3f %9.0f %9s",
        label,
        workload.text(),
        target,
        perSecond,
        Measured.percentileMs(latency, 50),
        Measured.percentileMs(latency, 99),
        Measured.percentileMs(latency, 99.9),
        service ? "%.1f".formatted(measured.commandsPerBatch()) : "-",
        measured.commitsEach(),
        measured.walBytesEach(),
        service ? "%.0f".formatted(measured.cpuMicrosEach()) : "-");
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
            Measured all = together(runs.get(cell));
            line("all", cell.workload(), cell.target(), Report.median(perSecond), all);
            if (cell.workload().mixed()) {
              kinds("KIND ", cell.workload(), cell.target(), all);
            }
          } else {
            report.line(
                "%-5s %-9s %-8s %9.0f",
                "all", cell.workload().text(), cell.target(), Report.median(perSecond));
          }
        });
    for (Cell cell : rates.keySet()) {
      if (!cell.target().equals(SERVICE)) {
        ratio(cell);
      }
    }
  }

  private void kinds(String label, Workload workload, String target, Measured measured) {
    for (Kind kind : measured.latencies().kinds()) {
      Histogram latency = measured.latencies().of(kind);
      report.line(
          "%-5s %-9s %-8s %9.0f %9.2f %9.2f %9.2f %s",
          label,
          workload.text(),
          target,
          latency.getTotalCount() / measured.seconds(),
          Measured.percentileMs(latency, 50),
          Measured.percentileMs(latency, 99),
          Measured.percentileMs(latency, 99.9),
          kind.text());
    }
  }

  private void ratio(Cell base) {
    var mine = new Cell(base.workload(), SERVICE);
    ratio(mine, base, "per s", rates.get(mine), rates.get(base));
    List<Measured> others = runs.getOrDefault(base, List.of());
    if (others.stream().allMatch(Measured::ofService) && !others.isEmpty()) {
      ratio(
          mine,
          base,
          "CPU",
          each(mine, Measured::cpuMicrosEach),
          each(base, Measured::cpuMicrosEach));
    }
    if (!others.isEmpty()) {
      ratio(
          mine,
          base,
          "WAL",
          each(mine, Measured::walBytesEach),
          each(base, Measured::walBytesEach));
    }
  }

  private List<Double> each(Cell cell, ToDoubleFunction<Measured> value) {
    return runs.get(cell).stream().map(value::applyAsDouble).toList();
  }

  private void ratio(Cell mine, Cell base, String what, List<Double> ours, List<Double> theirs) {
    var each = new ArrayList<Double>();
    for (int i = 0; i < ours.size(); i++) {
      each.add(ours.get(i) / theirs.get(i));
    }
    report.line(
        "RATIO %-9s %-5s %s / %-8s %.3f x, of medians (rounds: %.3f to %.3f, median %.3f)",
        mine.workload().text(),
        what,
        SERVICE,
        base.target(),
        Report.median(ours) / Report.median(theirs),
        each.stream().min(Double::compare).orElseThrow(),
        each.stream().max(Double::compare).orElseThrow(),
        Report.median(each));
  }

  private static Measured together(List<Measured> rounds) {
    var latencies = new Latencies();
    rounds.forEach(round -> latencies.add(round.latencies()));
    return new Measured(
        rounds.stream().mapToLong(Measured::acknowledged).sum(),
        rounds.stream().mapToDouble(Measured::seconds).sum(),
        latencies,
        new Probe.Sample(0, 0, 0, 0, 0),
        rounds.stream().map(Measured::difference).reduce(Probe.Sample::plus).orElseThrow());
  }

  void openLoop(Workload workload, String target, double rate, Measured measured) {
    Histogram latency = measured.latency();
    report.line(
        "OPEN  %-9s %-8s %.0f/s due, %.0f/s answered: p50 %.2f  p99 %.2f  p99.9 %.2f  max %.1f ms"
            + " from the scheduled start",
        workload.text(),
        target,
        rate,
        measured.perSecond(),
        Measured.percentileMs(latency, 50),
        Measured.percentileMs(latency, 99),
        Measured.percentileMs(latency, 99.9),
        latency.getMaxValue() / 1_000.0);
    if (workload.mixed()) {
      kinds("OPEN ", workload, target, measured);
    }
  }
}
