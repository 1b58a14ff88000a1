using System;

namespace Rouse.Access.Wrappers;

/// <summary>Three ascending lists of numbers as one. A number may come twice; that costs a trial and changes nothing.</summary>
internal ref struct OneByOne(ReadOnlySpan<int> a, ReadOnlySpan<int> b, ReadOnlySpan<int> c)
{
    private ReadOnlySpan<int> _a = a;
    private ReadOnlySpan<int> _b = b;
    private ReadOnlySpan<int> _c = c;

    /// <summary>False when none is left below <paramref name="limit"/>.</summary>
    public bool Next(int limit, out int number)
    {
        int first = Head(_a);
        int second = Head(_b);
        int third = Head(_c);
        number = Math.Min(first, Math.Min(second, third));
        if (number >= limit)
        {
            return false;
        }

        if (number == first)
        {
            _a = _a[1..];
        }
        else if (number == second)
        {
            _b = _b[1..];
        }
        else
        {
            _c = _c[1..];
        }

        return true;
    }

    private static int Head(ReadOnlySpan<int> numbers) => numbers.IsEmpty ? HostIndex.None : numbers[0];
}
