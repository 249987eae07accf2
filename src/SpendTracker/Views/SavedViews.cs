using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Views;

/// <summary>A view as its stream says.</summary>
/// <param name="Saved">Null once it is removed.</param>
/// <param name="Owner">Who saved it first, as the log names the recorder. It stays theirs, also while it is shared.</param>
public sealed record SavedView(ViewSaved? Saved, string Owner, DateTimeOffset SavedAt) : IStreamState<SavedView>
{
    /// <summary>Whether somebody sees it.</summary>
    /// <param name="by">As the log names recorders.</param>
    public bool IsSeenBy(string by) => Saved is not null && (Saved.IsShared || Owner == by);

    public static SavedView Apply(SavedView? state, StoredEvent stored) => stored.Data switch
    {
        ViewSaved saved => new(saved, state?.Saved is null ? stored.RecordedBy : state.Owner, stored.RecordedAt),
        ViewRemoved => state! with { Saved = null },
        _ => state!,
    };
}

/// <summary>How it went to save or remove a view.</summary>
public enum ViewOutcome
{
    /// <summary>It is new.</summary>
    Created,

    /// <summary>It was there, and is as wanted now.</summary>
    Changed,

    /// <summary>It is no more.</summary>
    Removed,

    /// <summary>There is none of that id, or it is somebody else's own: who asks cannot tell the two.</summary>
    Unknown,

    /// <summary>There are as many as there may be.</summary>
    TooMany,

    /// <summary>Who asks may not share views, nor change one that is shared.</summary>
    MayNotShare,
}

/// <summary>
/// Names for what pages show: a person's own, or shared by all. They are few and short, so that they are read from their streams.
/// </summary>
public sealed class SavedViews(EventStore store)
{
    /// <summary>Letters of an address. With all that can be chosen it is shorter.</summary>
    public const int MostAddress = 2_000;

    /// <summary>Saved views of everybody together, with those that were removed.</summary>
    public const int Most = 2_000;

    private const string Streams = "view/";

    private static readonly string[] NoPages = ["api", "sign-in", "sign-out", "acknowledge", "mcp", "metrics", "openapi", "health"];

    public static IReadOnlyList<FieldReason> Check(ViewRequest view)
    {
        var check = new FieldCheck();
        check.Name("name", view.Name, TextLength.Name);
        check.Text("address", view.Address, MostAddress);
        check.That("address", IsOfAPage(view.Address), "Must be the address of a page here, like /compare?period=last-3: from the first slash on, without #.");
        return check.Reasons;
    }

    /// <summary>Of this host and not another: browsers take <c>//</c> and <c>/\</c> for the beginning of a host. And of a page: programs have other addresses.</summary>
    private static bool IsOfAPage(string address) =>
        address.StartsWith('/') && !address.StartsWith("//", StringComparison.Ordinal) && !address.Any(c => c is '\\' or '#' || char.IsControl(c) || char.IsWhiteSpace(c))
        && !NoPages.Contains(address[1..].Split('/', '?')[0], StringComparer.OrdinalIgnoreCase);

    /// <summary>All that there are, by name: also what only their owners see.</summary>
    public async Task<IReadOnlyList<SavedView>> ListAsync(CancellationToken cancellationToken)
    {
        var streams = await store.ReadStreamsAsync(await store.StreamsAsync(Streams, cancellationToken), cancellationToken);
        return
        [
            .. streams.Values.Select(EventStreams.Fold<SavedView>).OfType<SavedView>().Where(view => view.Saved is not null)
                .OrderBy(view => view.Saved!.Name, StringComparer.OrdinalIgnoreCase).ThenBy(view => view.Saved!.View),
        ];
    }

    /// <summary>Saves a view that was checked, or changes it. The same again changes nothing.</summary>
    /// <param name="mayShare">Whether who asks may share views.</param>
    public async Task<ViewOutcome> SaveAsync(Guid id, ViewRequest wanted, bool mayShare, Recorder recorder, CancellationToken cancellationToken)
    {
        var saved = new ViewSaved(id, wanted.Name, wanted.Address, wanted.IsShared);
        var isFull = (await store.StreamsAsync(Streams, cancellationToken)).Count >= Most; // With those that were removed: each is a stream for good.
        return await store.Streams.DecideAsync<SavedView, ViewOutcome>(
            StreamOf(id), state => isFull && state is null ? new(ViewOutcome.TooMany) : Decide(state, saved, mayShare, recorder.By), recorder, cancellationToken);
    }

    public static Decision<ViewOutcome> Decide(SavedView? state, ViewSaved wanted, bool mayShare, string by) => state switch
    {
        { Saved: not null } when !state.IsSeenBy(by) => new(ViewOutcome.Unknown),
        _ when !mayShare && (wanted.IsShared || state?.Saved?.IsShared == true) => new(ViewOutcome.MayNotShare),
        { Saved: { } saved } when saved == wanted => new(ViewOutcome.Changed),
        { Saved: not null } => new(ViewOutcome.Changed, wanted),
        _ => new(ViewOutcome.Created, wanted),
    };

    /// <summary>Removes a view.</summary>
    /// <param name="mayShare">Whether who asks may share views.</param>
    public Task<ViewOutcome> RemoveAsync(Guid id, bool mayShare, Recorder recorder, CancellationToken cancellationToken) =>
        store.Streams.DecideAsync<SavedView, ViewOutcome>(StreamOf(id), state => Decide(state, id, mayShare, recorder.By), recorder, cancellationToken);

    public static Decision<ViewOutcome> Decide(SavedView? state, Guid removed, bool mayShare, string by) => state switch
    {
        not { Saved: not null } => new(ViewOutcome.Unknown),
        _ when !state.IsSeenBy(by) => new(ViewOutcome.Unknown),
        { Saved.IsShared: true } when !mayShare => new(ViewOutcome.MayNotShare),
        _ => new(ViewOutcome.Removed, new ViewRemoved(removed)),
    };

    private static string StreamOf(Guid id) => $"{Streams}{id}";
}
