using System;
using Rouse.Access;
using Rouse.Access.Wrappers;
using Rouse.Server.Identity;
using Rouse.Server.Names;
using Rouse.Server.Wrappers;

namespace Rouse.Server.Gate;

/// <summary>
/// An accepted connection that waits: for its peer's name, its user, or whatever else the rules of tcp_wrappers ask, one after the other. What
/// it waits for comes within 30 seconds, if only as a failure. Meanwhile it holds a place of its service's instances and per_source, unless it
/// was refused already. It ends when its service closes. Used again for later connections.
/// </summary>
internal sealed class PendingConnection(PendingConnections pool) : INameAwaiter, IIdentityAwaiter, INetgroupAwaiter, ICommandAwaiter, IRulesAwaiter, IAccountAwaiter
{
    private Wait _wait;
    private WrapperNeed _need;
    private UInt128 _address;
    private IdentSession? _question;
    private object? _netgroupQuestion;
    private string _netgroup = "";
    private AccountNames _accounts;

    private enum Wait
    {
        Nothing,
        Name,
        Identity,

        /// <summary>The user, for the rules of tcp_wrappers.</summary>
        User,
        Netgroup,
        Command,

        /// <summary>The rules of tcp_wrappers, which are being read.</summary>
        Rules,

        /// <summary>The accounts that a rule names.</summary>
        Accounts,
    }

    public Visit Visit { get; private set; }

    /// <summary>The connection of the same service that began to wait before this one, and the one after.</summary>
    public PendingConnection? Older { get; set; }

    public PendingConnection? Newer { get; set; }

    public bool HoldsPlace => !Visit.IsRefused;

    private Keeper Keeper => pool.Keeper;

    public void Begin(in Visit visit)
    {
        Visit = visit with { HasWaited = true };
        _wait = Wait.Nothing;
    }

    /// <summary>
    /// Its own name, or with <see cref="WrapperNeed.ServerName"/> that of the address that it came to; with <see cref="WrapperNeed.Nothing"/>
    /// either, for its server.
    /// </summary>
    public bool AskName(WrapperNeed whose, UInt128 address)
    {
        (_need, _address) = (whose, address);
        return Begins(Wait.Name, Keeper.Names.Ask(address, this));
    }

    public void AskIdentity()
    {
        _wait = Wait.Identity;
        _question = Keeper.Identifier.Ask(Visit.Peer, Keeper.System.LocalAddress(Visit.Connection), this);
    }

    /// <param name="limitMs">How long to wait for the answer.</param>
    public void AskUser(int limitMs)
    {
        _wait = Wait.User;
        _question = Keeper.Identifier.Ask(Visit.Peer, Keeper.System.LocalAddress(Visit.Connection), this, limitMs);
    }

    public bool AskNetgroup(WrapperNeed whose, string netgroup, string hostName)
    {
        (_need, _netgroup) = (whose, netgroup);
        return Begins(Wait.Netgroup, Keeper.Netgroups.Ask(netgroup, hostName, this, out _netgroupQuestion));
    }

    public void AwaitRules()
    {
        _wait = Wait.Rules;
        Keeper.Rules.Await(this);
    }

    public bool AskAccounts(in AccountNames names)
    {
        _accounts = names;
        return Begins(Wait.Accounts, Keeper.Accounts.Ask(names, this));
    }

    public bool Start(string command) => Begins(Wait.Command, Keeper.Commands.Start(Visit.Service, command, this));

    public void NameIsKnown(in PeerName name)
    {
        Visit visit = Visit;
        if (_need == WrapperNeed.Nothing)
        {
            // For its server, which is told what is known by then.
        }
        else if (_need == WrapperNeed.ServerName)
        {
            visit.Wrappers!.ServerName = WrapperFacts.NameOf(name);
        }
        else
        {
            visit = visit with { Name = name };
        }

        pool.Release(this);
        GoOn(visit);
    }

    public void IdentityIsKnown(IdentOutcome outcome, ReadOnlySpan<byte> identity)
    {
        _question = null;
        Visit visit = Visit;
        bool isForRules = _wait == Wait.User;
        pool.Release(this);
        if (!isForRules)
        {
            Keeper.Reception.Identified(visit with { IsIdentified = true }, outcome, identity);
            return;
        }

        visit.Wrappers!.User = outcome == IdentOutcome.Known ? WrapperFacts.UserOf(identity) : WrapperName.Unknown;
        GoOn(visit);
    }

    public void NetgroupIsKnown(bool? isMember)
    {
        _netgroupQuestion = null;
        Visit visit = Visit;
        (WrapperNeed need, string netgroup) = (_need, _netgroup);
        pool.Release(this);
        if (isMember is not { } known)
        {
            // Whether the rule would have let it in or shut it out: nobody knows.
            Keeper.Reception.TurnAway(visit, RefusalReason.Libwrap);
            return;
        }

        visit.Wrappers!.Answer(need, netgroup, known);
        GoOn(visit);
    }

    public void RulesAreKnown(HostRules rules)
    {
        Visit visit = Visit.Wrappers is null ? Visit with { Wrappers = new WrapperFacts() } : Visit;
        visit.Wrappers!.Awaited = rules;
        pool.Release(this);
        GoOn(visit);
    }

    public void AccountsAreKnown()
    {
        Visit visit = Visit;
        pool.Release(this);
        GoOn(visit);
    }

    public void CommandEnded(bool succeeded)
    {
        Visit visit = Visit;
        pool.Release(this);
        Keeper.Options.CommandEnded(visit, succeeded);
    }

    /// <summary>Its service is closed: so is the connection.</summary>
    public void End()
    {
        switch (_wait)
        {
            case Wait.Name:
                Keeper.Names.Withdraw(_address, this);
                break;
            case Wait.Identity or Wait.User when _question is { } question:
                _question = null;
                Keeper.Identifier.Withdraw(question);
                break;
            case Wait.Netgroup when _netgroupQuestion is { } question:
                _netgroupQuestion = null;
                NetgroupLookUps.Withdraw(question);
                break;
            case Wait.Command:
                Keeper.Commands.Withdraw(this);
                break;
            case Wait.Accounts:
                Keeper.Accounts.Withdraw(_accounts, this);
                break;
            case Wait.Rules:
                Keeper.Rules.Withdraw(this);
                break;
            default:
                break;
        }

        Keeper.System.Close(Visit.Connection);
        pool.Release(this);
    }

    private bool Begins(Wait wait, bool began)
    {
        _wait = began ? wait : Wait.Nothing;
        return began;
    }

    private void GoOn(in Visit visit)
    {
        if (visit.Wrappers?.Rule is null)
        {
            Keeper.Reception.Resume(visit);
        }
        else
        {
            Keeper.Options.Run(visit);
        }
    }
}
