package io.quittance.sandbox;

import io.quittance.sandbox.Faults.Fault;
import io.quittance.web.DependencyNames;
import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.web.Route;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Makes a dependency slow, failing or hanging, to show what happens then. */
@RestController
@Profile("sandbox")
class FaultController {

  record NewFault(
      @Min(0) @Max(60_000) @Nullable Integer latencyMs,
      @DecimalMin("0") @DecimalMax("1") @Nullable Double errorRate,
      @Nullable Boolean hang) {

    Fault toFault() {
      return new Fault(
          latencyMs == null ? 0 : latencyMs,
          errorRate == null ? 0 : errorRate,
          Boolean.TRUE.equals(hang));
    }
  }

  private final Faults faults;

  FaultController(Faults faults) {
    this.faults = faults;
  }

  @PutMapping("/sandbox/faults/{dependency}")
  @Route(id = "setFault", summary = "Makes a dependency slow, failing or hanging")
  Fault put(@PathVariable String dependency, @Valid @RequestBody NewFault body) {
    if (!DependencyNames.ALL.contains(dependency)) {
      throw Problem.of(
          ProblemCode.NOT_FOUND,
          "There is no such dependency; the dependencies are fraud, ledger and notification.");
    }
    faults.set(dependency, body.toFault());
    return body.toFault();
  }

  @GetMapping("/sandbox/faults")
  @Route(id = "listFaults", summary = "Shows the faults that are switched on")
  Map<String, Fault> get() {
    return faults.all();
  }

  @DeleteMapping("/sandbox/faults")
  @Route(id = "clearFaults", summary = "Switches all faults off")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete() {
    faults.clear();
  }
}
