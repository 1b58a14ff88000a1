using System;
using System.Collections.Generic;

namespace Rouse.Runlevels;

/// <summary>A set of runlevels, 0 to 6.</summary>
public readonly record struct Levels(byte Bits)
{
    /// <summary>How many there are.</summary>
    public const int Count = 7;

    public static Levels None => default;

    public static Levels All => new(0x7f);

    /// <summary>What is meant where none are named: 2, 3, 4 and 5.</summary>
    public static Levels Usual => new(0x3c);

    public bool IsEmpty => Bits == 0;

    public bool IsSingle => Bits != 0 && (Bits & (Bits - 1)) == 0;

    public static Levels Of(int level) => new((byte)(1 << level));

    public bool Contains(int level) => (Bits & (1 << level)) != 0;

    public bool Contains(Levels others) => (Bits & others.Bits) == others.Bits;

    public Levels With(int level) => new((byte)(Bits | (1 << level)));

    public Levels With(Levels others) => new((byte)(Bits | others.Bits));

    public Levels Without(Levels others) => new((byte)(Bits & ~others.Bits));

    public IEnumerable<int> Each()
    {
        for (int level = 0; level < Count; level++)
        {
            if (Contains(level))
            {
                yield return level;
            }
        }
    }

    /// <summary>Digits in one word (<c>345</c>), at least one.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Levels levels)
    {
        levels = None;
        foreach (char digit in text)
        {
            if (digit is < '0' or > '6')
            {
                levels = None;
                return false;
            }

            levels = levels.With(digit - '0');
        }

        return !levels.IsEmpty;
    }

    /// <summary><c>345</c>; a dash for none.</summary>
    public override string ToString() => IsEmpty ? "-" : string.Concat(Each());
}
