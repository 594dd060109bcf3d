package io.quittance.database;

import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import java.util.UUID;
import org.springframework.data.domain.Persistable;

/**
 * An entity with an id that is assigned before it is stored, so the id does not tell whether it is
 * new. Not thread-safe, as entities are.
 */
@MappedSuperclass
public abstract class AssignedId implements Persistable<UUID> {

  @Id private UUID id;
  private transient boolean stored;

  /** For JPA, which reads entities. */
  @SuppressWarnings("NullAway.Init") // JPA fills the field
  protected AssignedId() {
    this.stored = true;
  }

  /** For a new entity. */
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
