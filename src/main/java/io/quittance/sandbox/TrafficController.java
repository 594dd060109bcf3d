package io.quittance.sandbox;

import io.quittance.sandbox.Traffic.Rates;
import io.quittance.web.Route;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Starts and stops demo traffic. */
@RestController
@Profile("sandbox")
class TrafficController {

  record NewTraffic(
      @Min(0) @Max(Traffic.PAYMENTS_MAX) @Nullable Integer paymentsPerSecond,
      @Min(0) @Max(Traffic.EVENTS_MAX) @Nullable Integer eventsPerSecond) {

    Rates rates() {
      return new Rates(
          paymentsPerSecond == null ? 0 : paymentsPerSecond,
          eventsPerSecond == null ? 0 : eventsPerSecond);
    }
  }

  private final Traffic traffic;

  TrafficController(Traffic traffic) {
    this.traffic = traffic;
  }

  @PutMapping("/sandbox/traffic")
  @Route(
      id = "setTraffic",
      summary = "Makes payments and events of the sandbox's merchant",
      description =
          "Plausible ones: several payees, some declines, some refunds. It continues until the rates are set to zero.")
  Rates put(@Valid @RequestBody NewTraffic body) {
    traffic.set(body.rates());
    return traffic.rates();
  }

  @GetMapping("/sandbox/traffic")
  @Route(id = "getTraffic", summary = "Shows how much traffic is made")
  Rates get() {
    return traffic.rates();
  }
}
