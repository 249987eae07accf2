using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Costs;

/// <summary>The names of lines, and the statement that makes sure of them.</summary>
internal sealed class CostLines
{
    /// <summary>A constant drawn once at random.</summary>
    private static readonly Guid Namespace = new("2b1ad8f4-93c0-4f7e-8f0f-0f7b5b8d4d0e");

    /// <summary>Names that are kept, since an event's line has mostly been named before. More than an organisation has.</summary>
    private const int MostKept = 200_000;

    private readonly Dictionary<(string Tenant, CostLineKey Line), Guid> _ids = [];

    /// <summary>The same line has the same name in every database, live and replayed: a version 5 UUID of all that it is.</summary>
    public Guid IdOf(string tenant, in CostLineKey line)
    {
        if (_ids.Count >= MostKept)
        {
            _ids.Clear();
        }

        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(_ids, (tenant, line), out var known);
        if (!known)
        {
            string[] parts =
            [
                tenant, line.Workload, EnumName.Of(line.Approach), EnumName.Of(line.Component), line.ReportedSku, line.Meter,
                line.AboveTokens.ToString(CultureInfo.InvariantCulture), line.ReportedCurrency, line.Variant,
            ];

            // Lengths make the parts unambiguous: ("a", "bc") and ("ab", "c") are different lines.
            id = EventId.Version5(Namespace, string.Concat(parts.Select(part => $"{part.Length}:{part}")));
        }

        return id;
    }

    /// <summary>Inserts what is missing of some lines.</summary>
    public static NpgsqlBatchCommand Insert(IEnumerable<(Guid Id, string Tenant, CostLineKey Line)> lines)
    {
        // In one order for all, so that two writers of new lines never wait for each other in a circle.
        var rows = lines.DistinctBy(line => line.Id).OrderBy(line => line.Id).ToArray();
        return new(CostTables.InsertLines)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(rows, row => row.Id) },
                new() { Value = Array.ConvertAll(rows, row => row.Tenant) },
                new() { Value = Array.ConvertAll(rows, row => row.Line.Workload) },
                new() { Value = Array.ConvertAll(rows, row => EnumName.Of(row.Line.Approach)) },
                new() { Value = Array.ConvertAll(rows, row => EnumName.Of(row.Line.Component)) },
                new() { Value = Array.ConvertAll(rows, row => row.Line.ReportedSku) },
                new() { Value = Array.ConvertAll(rows, row => row.Line.Meter) },
                new() { Value = Array.ConvertAll(rows, row => row.Line.AboveTokens) },
                new() { Value = Array.ConvertAll(rows, row => row.Line.ReportedCurrency) },
                new() { Value = Array.ConvertAll(rows, row => row.Line.Variant) },
            },
        };
    }
}
