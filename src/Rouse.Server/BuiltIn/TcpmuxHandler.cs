using System;
using Rouse.Config.Model;
using Rouse.Server.Listening;
using Rouse.Server.Logging;

namespace Rouse.Server.BuiltIn;

/// <summary>
/// Sessions of the port multiplexer, and what can be reached through it: services of type TCPMUX and TCPMUXPLUS, by name, and nothing else
/// (CVE-2012-0862).
/// </summary>
internal sealed class TcpmuxHandler(Keeper keeper) : SessionPool<TcpmuxSession>
{
    // What a fresh connection takes at once.
    private const int LongestList = 16 * 1024;

    private byte[]? _buffer;

    public Span<byte> Buffer => _buffer ??= new byte[TcpmuxSession.LongestLine];

    /// <summary>The first service of this name, whatever its case; null for none.</summary>
    public Service? Find(ReadOnlySpan<byte> name)
    {
        // By index: an enumerator of the list would be an object for each connection.
        for (int i = 0; i < keeper.Services.Count; i++)
        {
            Service service = keeper.Services[i];
            if (IsReachable(service) && HasName(service, name))
            {
                return service;
            }
        }

        return null;
    }

    /// <summary>The names, one a line: RFC 1078's answer to <c>help</c>.</summary>
    public ReadOnlySpan<byte> Names()
    {
        LogLine list = new(new byte[LongestList]);
        foreach (Service service in keeper.Services)
        {
            if (IsReachable(service) && !service.IsOff)
            {
                list.Append(service.Definition.Name);
                list.Append("\r\n"u8);
            }
        }

        return list.Bytes;
    }

    protected override TcpmuxSession Make() => new(this);

    // Not even the multiplexer itself, whatever its type says.
    private static bool IsReachable(Service service) =>
        service.Definition.IsMultiplexed && service.Definition.BuiltIn != BuiltInService.Tcpmux;

    // Of a configuration's names one char is one byte; only ASCII letters have a case.
    private static bool HasName(Service service, ReadOnlySpan<byte> name)
    {
        string own = service.Definition.Name;
        if (own.Length != name.Length)
        {
            return false;
        }

        for (int i = 0; i < own.Length; i++)
        {
            if (own[i] != name[i] && (!char.IsAsciiLetter(own[i]) || (own[i] | 0x20) != (name[i] | 0x20)))
            {
                return false;
            }
        }

        return true;
    }
}
