using SpendTracker.Contracts;

namespace SpendTracker.Rates;

/// <summary>What is worked out of the differences that imports find.</summary>
public static class RateDiffs
{
    extension(RateDiff diff)
    {
        /// <summary>How many SKUs something would be published for.</summary>
        public int Skus => diff.Publications.Select(publication => publication.Rate.Sku).Distinct().Count();

        /// <summary>
        /// With at most so many in each list of what is not imported: an answer that named all that is wrong with a list would be many
        /// times as long as the list. What would be published is all there.
        /// </summary>
        public RateDiff Naming(int most)
        {
            Dictionary<string, int> more = [];
            IReadOnlyList<T> First<T>(string list, IReadOnlyList<T> all)
            {
                if (all.Count <= most)
                {
                    return all;
                }

                more.Add(list, all.Count - most);
                return [.. all.Take(most)];
            }

            var named = diff with
            {
                Malformed = First("malformed", diff.Malformed), Rounded = First("rounded", diff.Rounded), LeftOut = First("leftOut", diff.LeftOut),
                UnknownOrFree = First("unknownOrFree", diff.UnknownOrFree), Shared = First("shared", diff.Shared),
            };
            return named with { More = more.Count > 0 ? more : null };
        }
    }
}

/// <summary>What is worked out of prices that an import changes.</summary>
public static class PriceChanges
{
    extension(PriceChange)
    {
        /// <summary>How much a price changes; null where there is nothing to compare with.</summary>
        public static decimal? PercentOf(decimal before, decimal after) => before == 0 ? null : Math.Round(100 * (after - before) / before, 2);
    }
}
