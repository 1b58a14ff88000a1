using System;
using System.Collections.Immutable;
using Rouse.Config.Addresses;

namespace Rouse.Access.Wrappers;

/// <summary>One end of a connection, as patterns look at it. Its address may be IPv4, IPv6, or not be known.</summary>
internal readonly ref struct HostFacts
{
    /// <summary>The length of the longest address, in letters.</summary>
    public const int AddressRoom = 64;

    private readonly ImmutableArray<NetgroupAnswer> _netgroups;

    private HostFacts(
        bool isServer, ReadOnlySpan<char> address, uint? v4, UInt128? v6, bool isCanonical, WrapperName name,
        ImmutableArray<NetgroupAnswer> netgroups)
    {
        IsServer = isServer;
        Address = address;
        V4 = v4;
        V6 = v6;
        IsCanonical = isCanonical;
        Name = name;
        _netgroups = netgroups;
    }

    public bool IsServer { get; }

    /// <summary>As the C library writes it, or <c>unknown</c>.</summary>
    public ReadOnlySpan<char> Address { get; }

    public uint? V4 { get; }

    public UInt128? V6 { get; }

    /// <summary>The address is known and written as everybody writes it: what is compiled for addresses decides about it.</summary>
    public bool IsCanonical { get; }

    /// <summary>What is compiled decides about it: its address is <see cref="IsCanonical"/>, or there is none.</summary>
    public bool IsIndexed => IsCanonical || Address.SequenceEqual(WrapperName.UnknownWord);

    public WrapperName Name { get; }

    /// <param name="request">Who asks.</param>
    /// <param name="room">Memory for the text of the address: <see cref="AddressRoom"/> chars.</param>
    public static HostFacts OfClient(in WrapperRequest request, Span<char> room) =>
        Of(isServer: false, request.Client, request.ClientSpelling, request.ClientName, request.Netgroups, room);

    /// <inheritdoc cref="OfClient"/>
    public static HostFacts OfServer(in WrapperRequest request, Span<char> room) =>
        Of(isServer: true, request.Server, request.ServerSpelling, request.ServerName, request.Netgroups, room);

    /// <summary>Null where nobody has asked yet.</summary>
    public bool? IsInNetgroup(string netgroup)
    {
        if (!_netgroups.IsDefault)
        {
            foreach (NetgroupAnswer answer in _netgroups)
            {
                if (answer.OfServer == IsServer && string.Equals(answer.Netgroup, netgroup, StringComparison.Ordinal))
                {
                    return answer.IsMember;
                }
            }
        }

        return null;
    }

    private static HostFacts Of(
        bool isServer, IpAddress? address, string? spelling, WrapperName name, ImmutableArray<NetgroupAnswer> netgroups, Span<char> room)
    {
        if (spelling is not null)
        {
            ReadOnlySpan<char> text = TextPattern.Unmapped(spelling);
            bool isV4 = QuadText.TryRead(text, out uint v4);
            bool isV6 = QuadText.TryReadV6(text, out UInt128 v6);
            return new HostFacts(isServer, text, isV4 ? v4 : null, isV6 ? v6 : null, isCanonical: false, name, netgroups);
        }

        if (address is not { } known)
        {
            return new HostFacts(isServer, WrapperName.UnknownWord, null, null, isCanonical: false, name, netgroups);
        }

        Span<byte> bytes = stackalloc byte[AddressRoom];
        int length = WrapperAddress.Format(known, bytes);
        for (int i = 0; i < length; i++)
        {
            room[i] = (char)bytes[i];
        }

        return new HostFacts(
            isServer, room[..length], known.IsV4 ? known.V4 : null, known.IsV4 ? null : known.Value, isCanonical: true, name, netgroups);
    }
}
