using Microsoft.AspNetCore.Components;
using Npgsql;
using SpendTracker.Log;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Pages;

/// <summary>
/// A component that asks the database. Only here do pages learn that the database is away, or that an event cannot be read;
/// <see cref="KeptCurrent"/> tells whoever looks.
/// </summary>
public abstract class DatabaseComponent : ComponentBase
{
    /// <summary>Whether the database could not be reached when it was last asked. The daemon reports the outage in the log.</summary>
    protected bool IsAway { get; private set; }

    /// <summary>Which event could not be read when the database was last asked, and why; null if none.</summary>
    protected string? Unreadable { get; private set; }

    /// <summary>Why an expensive query did not run when the database was last asked, or not to its end; null if it did.</summary>
    protected string? Refused { get; private set; }

    /// <summary>Runs what asks the database.</summary>
    /// <returns>Whether it came to its end. If not: the database is away, an event is unreadable, or the reader has left.</returns>
    protected async Task<bool> AskAsync(Func<Task> ask)
    {
        try
        {
            await ask();
            (IsAway, Unreadable, Refused) = (false, null, null);
            return true;
        }
        catch (NpgsqlException)
        {
            (IsAway, Unreadable, Refused) = (true, null, null);
        }
        catch (UnreadableEventException fault)
        {
            (IsAway, Unreadable, Refused) = (false, fault.Message, null);
        }
        catch (Exception fault) when (fault is TooManyQueriesException or QueryTimeException)
        {
            (IsAway, Unreadable, Refused) = (false, null, fault.Message);
        }
        catch (OperationCanceledException)
        {
            // The reader has left.
        }

        return false;
    }
}
