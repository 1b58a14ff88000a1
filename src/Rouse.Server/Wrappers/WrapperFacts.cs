using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Rouse.Access;
using Rouse.Access.Wrappers;
using Rouse.Config.Text;
using Rouse.Server.Identity;

namespace Rouse.Server.Wrappers;

/// <summary>
/// What the rules of tcp_wrappers have asked about one connection beside its address and its peer's name, and how far the options of the rule
/// that fits it have been carried out. Made only for connections that need it.
/// </summary>
internal sealed class WrapperFacts
{
    public WrapperName ServerName { get; set; }

    public WrapperName User { get; set; }

    public ImmutableArray<NetgroupAnswer> Netgroups { get; set; } = [];

    /// <summary>The rules let it in; they are not asked again, whatever else it waits for.</summary>
    public bool IsPassed { get; set; }

    /// <summary>Rules that the connection waited for: it is judged by them once, without another look at the files.</summary>
    public HostRules? Awaited { get; set; }

    /// <summary>The version that <see cref="Rule"/> is of.</summary>
    public HostRules? Rules { get; set; }

    /// <summary>The rule whose options are being carried out.</summary>
    public WrapperRule? Rule { get; set; }

    public int NextOption { get; set; }

    /// <summary>The last command that has a say (aclexec) failed.</summary>
    public bool CommandFailed { get; set; }

    /// <summary>A rule whose command failed: the verdict is asked for as if it had not fitted.</summary>
    public WrapperRule? FailedRule { get; set; }

    /// <summary>What the options change about the server; null for nothing.</summary>
    public ServerChanges? Changes { get; set; }

    /// <summary>The rules to judge by, where these are not simply those of this moment.</summary>
    public HostRules? TakeRules()
    {
        HostRules? rules = Awaited ?? Rules;
        Awaited = null;
        return rules;
    }

    public void Answer(WrapperNeed need, string netgroup, bool isMember) =>
        Netgroups = Netgroups.Add(new NetgroupAnswer(netgroup, need == WrapperNeed.ServerNetgroup, isMember));

    /// <summary>The user behind a connection, as the rules see it.</summary>
    public static WrapperName UserOf(ReadOnlySpan<byte> identity) => WrapperName.Known(SourceFile.Decode(IdentReply.UserOf(identity)));

    /// <summary>A name that was looked up, as the rules see it.</summary>
    public static WrapperName NameOf(in PeerName name) => name.State switch
    {
        PeerNameState.Known when !name.IsDoubtful => WrapperName.Known(name.Text),
        PeerNameState.Known or PeerNameState.Unconfirmed => WrapperName.Paranoid,
        PeerNameState.Unknown => WrapperName.Unknown,
        _ => WrapperName.NotAsked,
    };
}

/// <summary>What a rule's options change about the server that it lets a peer through to.</summary>
internal sealed class ServerChanges
{
    public int Nice { get; set; }

    public int? Umask { get; set; }

    /// <summary>NAME=value.</summary>
    public List<string> Environment { get; } = [];

    public string? User { get; set; }

    public string? Group { get; set; }

    public AccountNames Names => new(User, Group);

    /// <summary>The accounts of <see cref="Names"/>; null while they have not been looked up.</summary>
    public Accounts? Accounts { get; set; }
}
