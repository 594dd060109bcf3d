package io.quittance.analytics.status;

import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.web.Route;
import io.quittance.web.query.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** How this replica is doing. */
@RestController
class StatusController {

  private final StatusReader status;

  StatusController(StatusReader status) {
    this.status = status;
  }

  @GetMapping("/v1/status")
  @Route(
      id = "getStatus",
      summary = "Shows how this replica is doing",
      description =
          "What runs, what waits and what is refused on the replica that answers. It shows nothing"
              + " about the merchant.")
  @RequiresScope(Scope.ANALYTICS_READ)
  StatusBody get(HttpServletRequest request) {
    QueryParameters.of(request, Set.of()).check();
    return status.read();
  }
}
