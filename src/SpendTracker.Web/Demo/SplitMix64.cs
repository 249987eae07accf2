using System.Text;

namespace SpendTracker.Web.Demo;

/// <summary>
/// Numbers that look random and are the same on every machine and runtime; System.Random promises neither. Only the four
/// basic operations are used on them, since sines and logarithms may differ in the last digit. Source: Steele, Lea and
/// Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
/// </summary>
internal struct SplitMix64
{
    private ulong _state;

    /// <summary>A sequence of its own for each name and day.</summary>
    public SplitMix64(string name, int day)
    {
        _state = 14695981039346656037; // FNV-1a, 64 bits.
        foreach (var b in Encoding.UTF8.GetBytes($"{name}|{day}"))
        {
            _state = (_state ^ b) * 1099511628211;
        }
    }

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>From 0, included, to 1, excluded.</summary>
    public double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Around 1: the sum of two fractions, so that the middle is likelier than the ends.</summary>
    public double Around(double spread) => 1 + spread * (Fraction() + Fraction() - 1);
}
