using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text;
using Rouse.Access.Wrappers;
using Rouse.Config.Addresses;
using Rouse.Linux;
using Rouse.Server.Names;
using Rouse.Tools.Wrappers;

namespace Rouse.Tools.TcpdMatch;

/// <summary>
/// Plays one request, or one for each address that the client's name has, and prints what is known of it and what becomes of it.
/// </summary>
internal sealed class Prediction(HostRules rules, Warnings warnings)
{
    private readonly StringBuilder _output = new();

    /// <summary>False where a host cannot be found; nothing is printed then.</summary>
    public bool Run(string daemon, string server, string user, string client)
    {
        WrapperRequest request = new()
        {
            Daemon = Name(daemon),
            User = WrapperNames.Of(Name(user)),
        };
        if (!TrySetServer(ref request, server))
        {
            return false;
        }

        bool found = PlayClient(request, client);
        Flush();
        return found;
    }

    private void Flush()
    {
        StandardStreams.Write(StandardStreams.Output, _output.ToString());
        _output.Clear();
    }

    // Printing a name makes its unsafe letters harmless for good: the rules see it so too.
    private static string Name(string text) => WrapperExpansion.Sanitize(WrapperNames.Cut(text));

    private bool TrySetServer(ref WrapperRequest request, string server)
    {
        if (WrapperNames.IsSpecial(server))
        {
            request = request with { ServerName = WrapperNames.Of(server) };
            return true;
        }

        if (FindAddresses(server) is not { } addresses)
        {
            return false;
        }

        if (addresses.Count > 1)
        {
            StandardStreams.Write(
                StandardStreams.Error, $"Error: {server} has more than one address\nPlease specify an address instead\n");
            return false;
        }

        string text = Name(HostNames.NumericNameOf(addresses[0]));
        IpAddress? known = Usual(text);
        request = request with
        {
            Server = known,
            ServerSpelling = known is null ? text : null,
            ServerName = FindName(addresses[0]),
            ServerPort = 0,
        };
        return true;
    }

    private bool PlayClient(WrapperRequest request, string client)
    {
        // An address given as such stands for a host whose name cannot be found out.
        if (IsAddress(client))
        {
            Play(WithAddress(request, Name(client)) with { ClientName = WrapperName.Unknown });
            return true;
        }

        if (WrapperNames.IsSpecial(client))
        {
            Play(request with { ClientName = WrapperNames.Of(client) });
            return true;
        }

        if (FindAddresses(client) is not { } addresses)
        {
            return false;
        }

        WrapperRequest played = request;
        for (int i = 0; i < addresses.Count; i++)
        {
            // The names of link-local addresses are not looked up anew.
            if (i == 0 || !IsLinkLocal(addresses[i]))
            {
                played = WithAddress(request, Name(HostNames.NumericNameOf(addresses[i]))) with
                {
                    ClientName = FindName(addresses[i]),
                };
            }

            Play(played);
            _output.Append(i + 1 < addresses.Count ? "\n" : "");
        }

        return true;
    }

    private void Play(WrapperRequest request)
    {
        Print("client:   hostname", "%n", request);
        Print("client:   address ", "%a", request);
        Print("client:   username", "%u", request);
        Print("server:   hostname", "%N", request);
        Print("server:   address ", "%A", request);
        Print("server:   process ", "%d", request);
        WrapperVerdict verdict = Decide(ref request);
        WrapperOutcome outcome = new DryRun(request, warnings, PrintBanner).Conclude(verdict);
        string access = outcome switch
        {
            WrapperOutcome.Granted => "granted",
            WrapperOutcome.Twisted => "delegated",
            _ => "denied",
        };
        _output.Append($"access:   {access}\n");
    }

    private void Print(string title, string expansion, in WrapperRequest request)
    {
        string value = WrapperExpansion.Expand(expansion, request, Environment.ProcessId) ?? "";
        if (!WrapperNames.Is(value, WrapperNames.Unknown))
        {
            _output.Append($"{title} {value}\n");
        }
    }

    // Names are all known by now; only netgroups can be asked for.
    private WrapperVerdict Decide(ref WrapperRequest request)
    {
        ImmutableArray<NetgroupAnswer> netgroups = [];
        while (true)
        {
            WrapperVerdict verdict = rules.Decide(request);
            if (verdict.Outcome != WrapperOutcome.Asks)
            {
                return verdict;
            }

            bool ofServer = verdict.Needs == WrapperNeed.ServerNetgroup;
            string host = (ofServer ? request.ServerName : request.ClientName).Text;
            netgroups = netgroups.Add(new NetgroupAnswer(verdict.Netgroup!, ofServer, Netgroups.HasHost(verdict.Netgroup!, host)));
            request = request with { Netgroups = netgroups };
        }
    }

    // The original writes a banner at once and prints when it ends, unless it prints to a terminal.
    private void PrintBanner(ReadOnlySpan<byte> bytes)
    {
        if (StandardStreams.IsTerminal(StandardStreams.Output))
        {
            Flush();
        }

        StandardStreams.Write(StandardStreams.Output, bytes);
    }

    private IReadOnlyList<SocketAddress>? FindAddresses(string host)
    {
        if (HostNames.ReadNumeric(host) is { } address)
        {
            return [address];
        }

        if (HostNames.ResolveAll(host, AddressFamily.Unspecified, out string? official) is not { } addresses)
        {
            warnings.Add($"{host}: host not found");
            return null;
        }

        if (!WrapperNames.Is(host, official ?? ""))
        {
            warnings.Add($"{host} is an alias of {official ?? "another name"}, and rules see the official name");
        }

        return addresses;
    }

    private WrapperName FindName(in SocketAddress address)
    {
        WrapperName name = CheckedHostName.Of(address, out string? trouble);
        if (trouble is not null || !name.IsAsked || name.State == WrapperNameState.Unknown)
        {
            warnings.Add($"{HostNames.NumericNameOf(address)}: {trouble ?? "no name can be found for this address"}");
        }

        return name.State == WrapperNameState.Known ? WrapperName.Known(WrapperExpansion.Sanitize(name.Text)) : name;
    }

    private static WrapperRequest WithAddress(WrapperRequest request, string text)
    {
        IpAddress? known = Usual(text);
        return request with { Client = known, ClientSpelling = known is null ? text : null };
    }

    // The address, if this is how it is usually written; rules compare any other spelling as text.
    private static IpAddress? Usual(string text) =>
        HostNames.ReadNumeric(text) is { } read && new IpAddress(read.Address) is var address && read.ScopeId == 0
        && WrapperAddress.ToText(address) == text && text != "255.255.255.255"
            ? address
            : null;

    private static bool IsAddress(string text) => IsDottedQuad(text) || HostNames.ReadNumeric(text, AddressFamily.IPv6) is not null;

    private static bool IsDottedQuad(string text) =>
        text.Split('.', StringSplitOptions.RemoveEmptyEntries).Length == 4
        && HostNames.ReadNumeric(text, AddressFamily.IPv4) is { } address && (uint)address.Address != uint.MaxValue;

    private static bool IsLinkLocal(in SocketAddress address) =>
        address.Family == AddressFamily.IPv6 && address.Address >> 118 == 0x3fa;
}
