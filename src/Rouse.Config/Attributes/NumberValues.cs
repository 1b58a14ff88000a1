using System;
using System.Globalization;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Config.Attributes;

/// <summary>Attributes whose values are numbers.</summary>
internal static class NumberValues
{
    private const int MostRpcVersions = 256;

    public static bool Instances(Assignment a) => CountOrUnlimited(a, out a.Draft.Instances);

    public static bool PerSource(Assignment a) => CountOrUnlimited(a, out a.Draft.PerSource);

    public static bool Cps(Assignment a)
    {
        bool understood = Read(a, 0, int.MaxValue, out long rate);
        understood &= Read(a, 0, int.MaxValue, out long seconds, index: 1);
        a.Draft.Cps = new((int)rate, (int)seconds);
        return understood;
    }

    public static bool MaxLoad(Assignment a)
    {
        bool understood = double.TryParse(a.Value(0), NumberStyles.Float, CultureInfo.InvariantCulture, out double load)
            && load > 0 && double.IsFinite(load);
        a.Draft.MaxLoad = load;
        return understood || a.Fail(
            Codes.BadNumber,
            a.Span(0),
            $"max_load is {Quoted.Of(a.Value(0))}, which is no number above 0",
            "Write a load average such as 2.5.");
    }

    public static bool Nice(Assignment a)
    {
        bool understood = Read(a, int.MinValue, int.MaxValue, out long nice);
        a.Draft.Nice = (int)nice;
        return understood;
    }

    public static bool Umask(Assignment a)
    {
        bool understood = Numbers.TryRead(a.Value(0), 8, out long umask) && umask is >= 0 and <= 0x1ff;
        a.Draft.Umask = (int)umask;
        return understood || a.Fail(
            Codes.BadNumber,
            a.Span(0),
            $"umask is {Quoted.Of(a.Value(0))}, which is no octal number from 0 to 777",
            "Write one such as 022.");
    }

    public static bool Port(Assignment a)
    {
        bool understood = Read(a, 0, ushort.MaxValue, out long port);
        a.Draft.Port = (ushort)port;
        return understood;
    }

    public static bool RpcNumber(Assignment a)
    {
        bool understood = Read(a, 0, int.MaxValue, out long number);
        a.Draft.RpcNumber = (uint)number;
        return understood;
    }

    public static bool RpcVersion(Assignment a)
    {
        ReadOnlySpan<byte> range = a.Value(0);
        int dash = range.IndexOf((byte)'-');
        ReadOnlySpan<byte> first = dash < 0 ? range : range[..dash];
        ReadOnlySpan<byte> last = dash < 0 ? range : range[(dash + 1)..];
        if (!Numbers.TryRead(first, 0, int.MaxValue, out long low) || !Numbers.TryRead(last, 0, int.MaxValue, out long high) || low > high)
        {
            return a.Fail(
                Codes.RpcVersions,
                a.Span(0),
                $"rpc_version is {Quoted.Of(range)}, which is neither N nor N-M with N up to M",
                "Write one such as 2-4.");
        }

        if (high - low >= MostRpcVersions)
        {
            return a.Fail(
                Codes.RpcVersions,
                a.Span(0),
                $"rpc_version is {Quoted.Of(range)}, which is more than {MostRpcVersions} versions",
                "Each is registered on its own: write those that the server knows.");
        }

        a.Draft.RpcVersionLow = (uint)low;
        a.Draft.RpcVersionHigh = (uint)high;
        return true;
    }

    public static bool ByteLimit(Assignment a) => Limit(a, isSize: true);

    public static bool PlainLimit(Assignment a) => Limit(a, isSize: false);

    private static bool Limit(Assignment a, bool isSize)
    {
        ulong limit = ulong.MaxValue;
        if (!a.Value(0).Is("UNLIMITED"u8) && !a.Value(0).SequenceEqual("-1"u8))
        {
            bool understood = isSize
                ? Numbers.TryReadSize(a.Value(0), out long number)
                : Numbers.TryRead(a.Value(0), 0, long.MaxValue, out number);
            if (!understood)
            {
                string units = isSize ? " (with K or M after it)" : "";
                return a.Fail(
                    Codes.BadNumber,
                    a.Span(0),
                    $"{a.Row.Name} is {Quoted.Of(a.Value(0))}, which is neither a number{units} nor UNLIMITED",
                    "Write one of them.");
            }

            limit = (ulong)number;
            if (number == 0)
            {
                a.Note(
                    Codes.NoEffect,
                    a.Span(0),
                    $"{a.Row.Name} = 0 sets no limit, as in the original",
                    "Write the least that the server needs, or take the line out.");
                return true;
            }
        }

        a.Draft.ResourceLimits.Add(new(ResourceOf(a.Row.Id), limit));
        return true;
    }

    // setrlimit(2)'s numbers.
    private static int ResourceOf(AttributeId id) => id switch
    {
        AttributeId.RlimitCpu => 0,
        AttributeId.RlimitData => 2,
        AttributeId.RlimitStack => 3,
        AttributeId.RlimitRss => 5,
        AttributeId.RlimitFiles => 7,
        _ => 9,
    };

    private static bool CountOrUnlimited(Assignment a, out int? count)
    {
        count = null;
        if (a.Value(0).Is("UNLIMITED"u8))
        {
            return true;
        }

        bool understood = Numbers.TryRead(a.Value(0), 0, int.MaxValue, out long number);
        count = (int)number;
        return understood || a.Fail(
            Codes.BadNumber,
            a.Span(0),
            $"{a.Row.Name} is {Quoted.Of(a.Value(0))}, which is neither a number from 0 nor UNLIMITED",
            "Write one of them.");
    }

    private static bool Read(Assignment a, long from, long to, out long number, int index = 0) =>
        Numbers.TryRead(a.Value(index), from, to, out number) || a.Fail(
            Codes.BadNumber,
            a.Span(index),
            $"{a.Row.Name} is {Quoted.Of(a.Value(index))}, which is no number from {from} to {to}",
            "Write one.");
}
