package io.quittance.console;

import io.quittance.access.ConsoleSessions;
import io.quittance.identity.Scope;
import io.quittance.web.BodyLimit;
import io.quittance.web.Route;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.Set;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Signs a browser in and out. */
@RestController
@ConditionalOnProperty("quittance.console.enabled")
class SessionController {

  /** Enough for a key of 300 characters, even if all are escaped. */
  private static final int BODY_BYTES_MAX = 4096;

  record Login(@NotBlank @Size(max = 300) String key) {}

  /**
   * A session.
   *
   * @param sandbox whether this is the sandbox, which has a playground
   */
  record SessionBody(String merchant, Set<Scope> scopes, boolean sandbox, Instant expiresAt) {}

  private final ConsoleSessions sessions;
  private final boolean sandbox;

  SessionController(ConsoleSessions sessions, Environment environment) {
    this.sessions = sessions;
    this.sandbox = environment.acceptsProfiles(Profiles.of("sandbox"));
  }

  /** Anybody may send this body, and admission does not limit it. */
  @Bean
  static BodyLimit loginBody() {
    return new BodyLimit("POST", "/console/session", BODY_BYTES_MAX);
  }

  @PostMapping("/console/session")
  @Route(id = "openConsoleSession", summary = "Begins a session of the console")
  ResponseEntity<Void> open(@Valid @RequestBody Login login, HttpServletRequest request) {
    return noContent(sessions.open(login.key(), request));
  }

  @GetMapping("/console/session")
  @Route(id = "getConsoleSession", summary = "Shows the session of the console")
  ResponseEntity<SessionBody> show(HttpServletRequest request) {
    return sessions
        .find(request)
        .map(
            session ->
                new SessionBody(session.merchant(), session.scopes(), sandbox, session.expiresAt()))
        .map(ResponseEntity::ok)
        .orElseGet(() -> ResponseEntity.noContent().build());
  }

  @DeleteMapping("/console/session")
  @Route(id = "endConsoleSession", summary = "Ends the session of the console")
  ResponseEntity<Void> end(HttpServletRequest request) {
    return noContent(sessions.end(request));
  }

  private static ResponseEntity<Void> noContent(ResponseCookie cookie) {
    return ResponseEntity.noContent().header(HttpHeaders.SET_COOKIE, cookie.toString()).build();
  }
}
