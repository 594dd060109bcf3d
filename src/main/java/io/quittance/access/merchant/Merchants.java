package io.quittance.access.merchant;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** All merchants. Its queries name their columns, so that a migration may add one. */
interface Merchants extends Repository<Merchant, UUID> {

  String SELECT =
      "select id, name, enabled, deadline_max_ms, requests_per_second, burst, created_at"
          + " from merchants where ";

  Merchant save(Merchant merchant);

  Optional<Merchant> findById(UUID id);

  /**
   * Finds and locks a merchant. Inserts of rows that refer to it wait as well, because H2 has no
   * weaker lock.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  @NativeQuery(SELECT + "id = :id for update")
  Optional<Merchant> lock(UUID id);

  @NativeQuery(SELECT + "id < :before order by id desc limit :limit")
  List<Merchant> newestFirst(UUID before, int limit);
}
