package io.quittance.database;

import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import java.util.UUID;
import org.springframework.data.domain.Persistable;

/**
 * An entity that has its id before it is stored, so that the id does not say whether it is new. Not
 * thread-safe, as entities are.
 */
@MappedSuperclass
public abstract class AssignedId implements Persistable<UUID> {

  @Id private UUID id;
  private transient boolean stored;

  /** One that is read, by JPA. */
  @SuppressWarnings("NullAway.Init") // JPA fills the field
  protected AssignedId() {
    this.stored = true;
  }

  /** A new one. */
  protected AssignedId(UUID id) {
    this.id = id;
  }

  @Override
  public final UUID getId() {
    return id;
  }

  @Override
  public final boolean isNew() {
    return !stored;
  }
}
