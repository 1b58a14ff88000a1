using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Hosts;

/// <summary>
/// /etc/services, /etc/protocols, /etc/networks and /etc/rpc, each read when first asked for and searched line by line: a configuration
/// asks for a handful of names, which is not worth a table that stays in memory.
/// </summary>
internal sealed class HostDatabases(IConfigHost host)
{
    private byte[]? _services;
    private byte[]? _protocols;
    private byte[]? _networks;
    private byte[]? _rpc;

    // A thousand services have two protocols between them.
    private readonly List<ProtocolEntry> _knownProtocols = [];

    /// <summary>getservbyname(3): the port of a service or of its alias.</summary>
    public bool TryFindPort(ReadOnlySpan<byte> service, ReadOnlySpan<byte> protocol, out ushort port)
    {
        DatabaseLines lines = new(Read("/etc/services", ref _services));
        while (lines.Next(out ReadOnlySpan<byte> line))
        {
            ReadOnlySpan<byte> name = DatabaseLines.Word(ref line);
            ReadOnlySpan<byte> place = DatabaseLines.Word(ref line);
            int slash = place.IndexOf((byte)'/');
            if (slash > 0 && place[(slash + 1)..].SequenceEqual(protocol) && DatabaseLines.Names(name, line, service)
                && Utf8Parser.TryParse(place[..slash], out port, out int used) && used == slash)
            {
                return true;
            }
        }

        port = 0;
        return false;
    }

    /// <summary>getprotobyname(3), which also knows the usual protocols on a host without /etc/protocols.</summary>
    public bool TryFindProtocol(ReadOnlySpan<byte> protocol, out ProtocolEntry entry)
    {
        foreach (ProtocolEntry known in _knownProtocols)
        {
            if (Ascii.Equals(protocol, known.Name))
            {
                entry = known;
                return true;
            }
        }

        bool found = SearchProtocol(protocol, out entry);
        if (found && Ascii.IsValid(protocol))
        {
            _knownProtocols.Add(entry);
        }

        return found;
    }

    private bool SearchProtocol(ReadOnlySpan<byte> protocol, out ProtocolEntry entry)
    {
        DatabaseLines lines = new(Read("/etc/protocols", ref _protocols));
        while (lines.Next(out ReadOnlySpan<byte> line))
        {
            ReadOnlySpan<byte> name = DatabaseLines.Word(ref line);
            ReadOnlySpan<byte> digits = DatabaseLines.Word(ref line);
            if (DatabaseLines.Names(name, line, protocol)
                && Utf8Parser.TryParse(digits, out ushort number, out int used) && used == digits.Length)
            {
                entry = new(SourceFile.Decode(protocol), number);
                return true;
            }
        }

        int builtIn = protocol switch
        {
            _ when protocol.SequenceEqual("tcp"u8) => 6,
            _ when protocol.SequenceEqual("udp"u8) => 17,
            _ when protocol.SequenceEqual("ip"u8) => 0,
            _ when protocol.SequenceEqual("icmp"u8) => 1,
            _ when protocol.SequenceEqual("igmp"u8) => 2,
            _ when protocol.SequenceEqual("ipv6"u8) => 41,
            _ when protocol.SequenceEqual("ipv6-icmp"u8) => 58,
            _ when protocol.SequenceEqual("dccp"u8) => 33,
            _ when protocol.SequenceEqual("sctp"u8) => 132,
            _ when protocol.SequenceEqual("udplite"u8) => 136,
            _ => -1,
        };
        entry = builtIn < 0 ? default : new(SourceFile.Decode(protocol), builtIn);
        return builtIn >= 0;
    }

    /// <summary>getnetbyname(3): the network's address, in host order with zero bytes at its end.</summary>
    public bool TryFindNetwork(ReadOnlySpan<byte> network, out uint address)
    {
        DatabaseLines lines = new(Read("/etc/networks", ref _networks));
        while (lines.Next(out ReadOnlySpan<byte> line))
        {
            ReadOnlySpan<byte> name = DatabaseLines.Word(ref line);
            ReadOnlySpan<byte> number = DatabaseLines.Word(ref line);
            if (DatabaseLines.Names(name, line, network) && AddressText.TryReadNetworkNumber(number, out address))
            {
                return true;
            }
        }

        address = 0;
        return false;
    }

    /// <summary>getrpcbyname(3): the program number.</summary>
    public bool TryFindRpc(ReadOnlySpan<byte> program, out uint number)
    {
        DatabaseLines lines = new(Read("/etc/rpc", ref _rpc));
        while (lines.Next(out ReadOnlySpan<byte> line))
        {
            ReadOnlySpan<byte> name = DatabaseLines.Word(ref line);
            ReadOnlySpan<byte> digits = DatabaseLines.Word(ref line);
            if (DatabaseLines.Names(name, line, program)
                && uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number))
            {
                return true;
            }
        }

        number = 0;
        return false;
    }

    private ReadOnlySpan<byte> Read(string path, ref byte[]? cache)
    {
        if (cache is null)
        {
            cache = host.TryReadFile(path, out byte[] bytes, out _) ? bytes : [];
        }

        return cache;
    }
}
