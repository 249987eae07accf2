using System.Collections;
using SpendTracker.Contracts;

namespace SpendTracker;

/// <summary>
/// What is wrong with one record: the first reasons, and how many there are beyond them. An event with 700,000 unknown members
/// would otherwise get an answer of 26 times its bytes.
/// </summary>
public sealed class FieldReasons : IReadOnlyList<FieldReason>
{
    /// <summary>Reasons that are named of a record.</summary>
    public const int Most = 20;

    private readonly List<FieldReason> _named = [];

    /// <summary>Reasons beyond those that are named.</summary>
    public int More { get; private set; }

    public int Count => _named.Count;

    public FieldReason this[int index] => _named[index];

    /// <summary>Reasons beyond those in a list, if the list knows of any.</summary>
    public static int MoreThan(IEnumerable<FieldReason> reasons) => (reasons as FieldReasons)?.More ?? 0;

    public void Add(string field, string reason)
    {
        if (Count < Most)
        {
            _named.Add(new FieldReason(field, reason));
        }
        else
        {
            More++;
        }
    }

    /// <param name="within">What the fields of the reasons are members of, like <c>replacement.</c>.</param>
    public void Add(IEnumerable<FieldReason> reasons, string within = "")
    {
        foreach (var reason in reasons)
        {
            Add(within + reason.Field, reason.Reason);
        }

        More += MoreThan(reasons);
    }

    public IEnumerator<FieldReason> GetEnumerator() => _named.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
