using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Net;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Access.Tests;

/// <summary>Short ways to write addresses, lists and policies. Entry n of a list has a span that starts at byte n.</summary>
internal static class Policies
{
    public static readonly SourceFile File = new("test.conf", new byte[4096]);

    public static IpAddress Ip(string text) => IpAddress.FromBytes(IPAddress.Parse(text).GetAddressBytes());

    /// <summary>Words: <c>.domain</c>, <c>address/bits</c>, <c>address</c>, or a host name.</summary>
    public static ImmutableArray<AddressPattern> List(params string[] words) => [.. words.Select(Pattern)];

    public static AccessPolicy Policy(string[]? onlyFrom = null, string[]? noAccess = null, params AccessHours[] times) =>
        AccessPolicy.Compile(Service(
            onlyFrom is null ? default : List(onlyFrom), noAccess is null ? default : List(noAccess), [.. times]));

    public static ServiceDefinition Service(
        ImmutableArray<AddressPattern> onlyFrom,
        ImmutableArray<AddressPattern> noAccess,
        ImmutableArray<AccessHours> times = default) => new()
        {
            Name = "s",
            Id = "s",
            Span = SourceSpan.None,
            SocketType = SocketType.Stream,
            Protocol = new ProtocolEntry("tcp", 6),
            Wait = false,
            OnlyFrom = onlyFrom,
            NoAccess = noAccess,
            AccessTimes = times.IsDefault ? [] : times,
        };

    public static AccessRequest From(string address, PeerName name) => new(Ip(address), 0, name);

    public static AccessRequest From(string address) => From(address, PeerName.NotAsked);

    private static AddressPattern Pattern(string word, int index)
    {
        SourceSpan span = new(File, index, 1);
        if (word.StartsWith('.'))
        {
            return new AddressPattern(AddressPatternKind.Domain, default, 0, word, span);
        }

        string[] parts = word.Split('/');
        if (!IPAddress.TryParse(parts[0], out IPAddress? parsed))
        {
            return new AddressPattern(AddressPatternKind.HostName, default, 0, word, span);
        }

        int familyBits = word.Contains(':') ? 0 : 96;
        int length = parts.Length == 2 ? familyBits + int.Parse(parts[1], CultureInfo.InvariantCulture) : 128;
        return AddressPattern.Network(IpAddress.FromBytes(parsed.GetAddressBytes()), length, span);
    }
}
