package io.quittance.idempotency;

import io.quittance.journal.Command;
import io.quittance.journal.UnitOfWork;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets a command decide only if its idempotency key is free. The command itself stores what then
 * stands under the key ({@link IdempotencyKeys#claim}, {@link IdempotencyKeys#refuse}), so it must
 * not be submitted without this.
 *
 * @param request null: the command has no key
 */
public record KeyedCommand<R>(@Nullable KeyedRequest request, Command<R> command)
    implements Command.Wrapping<Keyed<R>, R> {

  @Override
  public void onBlocked() {
    if (request != null) {
      request.onBlocked().run();
    }
    command.onBlocked();
  }

  @Override
  public void prepare(UnitOfWork unit) {
    if (request != null) {
      unit.table(IdempotencyKeys.class).request(request);
    }
    command.prepare(unit);
  }

  @Override
  public Keyed<R> decide(UnitOfWork unit) {
    Optional<KeyRecord> holder =
        request == null ? Optional.empty() : unit.table(IdempotencyKeys.class).holder(request);
    return holder.isPresent()
        ? new Keyed.Taken<>(holder.get())
        : new Keyed.First<>(command.decide(unit));
  }
}
