using System;
using System.IO;
using Rouse.Server.Listening;
using Rouse.Server.Logging;
using Rouse.Server.Sessions;

namespace Rouse.Server.BuiltIn;

/// <summary>
/// What the built-in services <c>services</c> and <c>servers</c> write: a line for each service (<c>id  port/protocol  state</c>), a line
/// for each running server (<c>pid  id  peer  start</c>). Lines end with CR LF. Differs from xinetd: D-047.
/// </summary>
internal static class ListingText
{
    /// <summary>Bytes; what comes after is counted and not listed.</summary>
    public const int Longest = 256 * 1024;

    public static byte[] Services(Keeper keeper)
    {
        MemoryStream text = new();
        int left = 0;
        Span<byte> buffer = stackalloc byte[LogLine.Capacity];
        foreach (Service service in keeper.Services)
        {
            LogLine line = new(buffer);
            line.Append(service.IdBytes);
            line.Append("  "u8);
            if (service.Definition.IsMultiplexed)
            {
                line.Append("tcpmux"u8);
            }
            else
            {
                line.Append(service.Definition.Port);
            }

            line.Append((byte)'/');
            line.Append(service.Definition.Protocol.Name);
            line.Append("  "u8);
            line.Append(WordFor(service.State));
            left += Add(text, line) ? 0 : 1;
        }

        return Finish(text, left);
    }

    public static byte[] Servers(Keeper keeper)
    {
        MemoryStream text = new();
        int left = 0;
        Span<byte> buffer = stackalloc byte[LogLine.Capacity];
        foreach ((Service service, Session session) in keeper.Sessions.All())
        {
            LogLine line = new(buffer);
            line.Append(session.Pid);
            line.Append("  "u8);
            line.Append(service.IdBytes);
            line.Append("  "u8);
            line.Append(session.Peer);
            line.Append("  "u8);
            keeper.Clock.Read(session.StartedUnix);
            line.Append(keeper.Clock.Stamp);
            left += Add(text, line) ? 0 : 1;
        }

        keeper.Clock.Read(keeper.Loop.NowUnix);
        return Finish(text, left);
    }

    private static ReadOnlySpan<byte> WordFor(ServiceState state) => state switch
    {
        ServiceState.Listening => "listening"u8,
        ServiceState.Suspended => "serving"u8,
        ServiceState.OutOfService => "out-of-service"u8,
        ServiceState.WaitingForAddress => "waiting-for-address"u8,
        _ => "closed"u8,
    };

    private static bool Add(MemoryStream text, in LogLine line)
    {
        if (text.Length + line.Bytes.Length > Longest)
        {
            return false;
        }

        text.Write(line.Bytes);
        text.Write("\r\n"u8);
        return true;
    }

    private static byte[] Finish(MemoryStream text, int left)
    {
        if (left > 0)
        {
            LogLine line = new(stackalloc byte[64]);
            line.Append("and "u8);
            line.Append(left);
            line.Append(" more\r\n"u8);
            text.Write(line.Bytes);
        }

        return text.ToArray();
    }
}
