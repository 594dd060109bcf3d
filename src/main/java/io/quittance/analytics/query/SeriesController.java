package io.quittance.analytics.query;

import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.web.Route;
import io.quittance.web.query.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Figures of the merchant over time. */
@RestController
class SeriesController {

  private final SeriesReader series;
  private final TopReader top;
  private final Clock clock;

  SeriesController(SeriesReader series, TopReader top, Clock clock) {
    this.series = series;
    this.top = top;
    this.clock = clock;
  }

  @GetMapping("/v1/analytics/series")
  @Route(
      id = "getSeries",
      summary = "Shows a figure over time",
      description =
          "Points are whole steps of UTC, and name the instant that they begin at; empty ones are"
              + " left out. A payment is counted once, when it was created, under the status that"
              + " it has now. All series of an answer have at most 100000 points together; ask for"
              + " a longer step, a shorter time range or fewer groups otherwise.",
      query = {"metric", "from", "to", "step", "group_by", "quantile"})
  @RequiresScope(Scope.ANALYTICS_READ)
  SeriesBody series(HttpServletRequest request, Caller caller) {
    QueryParameters query = QueryParameters.of(request, SeriesQuery.PARAMETERS);
    return series.read(caller.merchantId(), SeriesQuery.of(query, clock.instant()));
  }

  @GetMapping("/v1/analytics/top")
  @Route(
      id = "getTop",
      summary = "Shows the largest payees, payers or types of events",
      description =
          "Payees and types are exact, up to the limit of a label's values. Among more than 192"
              + " payers a figure may be off by 1.4 % of that of all payers together.",
      query = {"by", "metric", "from", "to", "limit"})
  @RequiresScope(Scope.ANALYTICS_READ)
  TopBody top(HttpServletRequest request, Caller caller) {
    QueryParameters query = QueryParameters.of(request, TopQuery.PARAMETERS);
    return top.read(caller.merchantId(), TopQuery.of(query, clock.instant()));
  }
}
