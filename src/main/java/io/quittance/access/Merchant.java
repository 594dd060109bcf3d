package io.quittance.access;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Persistable;

/** A tenant: everything else belongs to exactly one. */
@Entity
@Table(name = "merchants")
class Merchant implements Persistable<UUID> {

  @Id private UUID id;
  private String name;

  @SuppressWarnings("UnusedVariable") // queries read it
  private @Nullable Integer deadlineMaxMs;

  private Instant createdAt;

  @SuppressWarnings("NullAway.Init") // for JPA, which fills the fields
  protected Merchant() {}

  Merchant(UUID id, String name, @Nullable Integer deadlineMaxMs, Instant createdAt) {
    this.id = id;
    this.name = name;
    this.deadlineMaxMs = deadlineMaxMs;
    this.createdAt = createdAt;
  }

  @Override
  public UUID getId() {
    return id;
  }

  @Override
  public boolean isNew() {
    return true;
  }

  String name() {
    return name;
  }

  Instant createdAt() {
    return createdAt;
  }
}
