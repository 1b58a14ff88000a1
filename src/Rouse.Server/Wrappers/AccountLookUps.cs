using System;
using System.Collections.Generic;
using Rouse.Access.Wrappers;
using Rouse.Config.Model;
using Rouse.Server.Loop;
using Rouse.Server.Names;

namespace Rouse.Server.Wrappers;

/// <summary>The accounts that the options user and group of a rule name; null for none.</summary>
internal readonly record struct AccountNames(string? User, string? Group)
{
    public bool AreAny => User is not null || Group is not null;

    /// <summary>What a rule names at last: options that come later hold.</summary>
    public static AccountNames Of(WrapperRule rule)
    {
        AccountNames names = default;
        foreach (WrapperOption option in rule.Options)
        {
            names = option.Kind switch
            {
                WrapperOptionKind.User => new AccountNames(option.User, option.Group ?? names.Group),
                WrapperOptionKind.Group => names with { Group = option.Value },
                _ => names,
            };
        }

        return names;
    }
}

/// <summary>What became of looking up <see cref="AccountNames"/>.</summary>
internal sealed record Accounts
{
    /// <summary>They could not be looked up in time.</summary>
    public bool AreOverdue { get; init; }

    /// <summary>Null where there is no such user.</summary>
    public UserEntry? User { get; init; }

    /// <summary>The groups of <see cref="User"/>.</summary>
    public IReadOnlyList<uint> UserGroups { get; init; } = [];

    /// <summary>Null where there is no such group.</summary>
    public GroupEntry? Group { get; init; }

    /// <summary>Why a server cannot be given what the rule names; null where it can.</summary>
    public string? FaultOf(in AccountNames names) =>
        AreOverdue ? $"its accounts could not be looked up within {AccountLookUps.LimitMs / 1000} seconds"
        : names.User is not null && User is null ? $"there is no user '{names.User}'"
        : names.Group is not null && Group is null ? $"there is no group '{names.Group}'"
        : null;
}

/// <summary>Somebody who cannot go on before accounts are known.</summary>
internal interface IAccountAwaiter
{
    /// <summary>Called once, on the loop's thread, never from within the asking: <see cref="AccountLookUps.Recall"/> has the answer now.</summary>
    void AccountsAreKnown();
}

/// <summary>
/// Looks up the accounts that rules name away from the loop: the name service behind them may be silent (nsswitch.conf(5)). They are believed for
/// a short time only, so that a change of them holds without the rules' being changed.
/// </summary>
internal sealed class AccountLookUps
{
    /// <summary>A look-up that takes longer has failed.</summary>
    public const int LimitMs = 30_000;

    /// <summary>How long an answer is believed.</summary>
    public const int KeptMs = 10_000;

    // There are no more names than the rules have.
    private const int MostKept = 1024;
    private const int MostThreads = 4;
    private const int ThreadIdleMs = 10_000;

    private readonly EventLoop _loop;
    private readonly IWrapperHost _host;
    private readonly LookUpThreads<LookUp> _threads;
    private readonly Dictionary<AccountNames, LookUp> _underWay = [];
    private readonly Dictionary<AccountNames, (Accounts Found, long UntilMs)> _kept = [];

    public AccountLookUps(EventLoop loop, IWrapperHost host)
    {
        _loop = loop;
        _host = host;
        _threads = new LookUpThreads<LookUp>(MostThreads, ThreadIdleMs, LookUpAndHandIn);
    }

    /// <summary>Look-ups so far.</summary>
    public int Asked { get; private set; }

    /// <summary>What is known without asking; null if nothing.</summary>
    public Accounts? Recall(in AccountNames names) =>
        _kept.TryGetValue(names, out (Accounts Found, long UntilMs) kept) && _loop.NowMs < kept.UntilMs ? kept.Found : null;

    /// <summary>Looks up; who asks for the same shares a look-up. False where no thread can be made, and nobody will be told.</summary>
    public bool Ask(in AccountNames names, IAccountAwaiter? awaiter)
    {
        if (!_underWay.TryGetValue(names, out LookUp? lookUp))
        {
            lookUp = new LookUp(names, this);
            if (!_threads.TryAdd(lookUp))
            {
                return false;
            }

            Asked++;
            _underWay.Add(names, lookUp);
        }

        if (awaiter is not null)
        {
            lookUp.Awaiters.Add(awaiter);
        }

        if (!lookUp.Limit.IsSet)
        {
            _loop.Set(lookUp.Limit, LimitMs);
        }

        return true;
    }

    /// <summary>Does not wait any more.</summary>
    public void Withdraw(in AccountNames names, IAccountAwaiter awaiter)
    {
        if (_underWay.TryGetValue(names, out LookUp? lookUp))
        {
            lookUp.Awaiters.Remove(awaiter);
        }
    }

    /// <summary>For who has no loop to hold up.</summary>
    public void LookUpNow(in AccountNames names) => Keep(names, Find(names));

    // On a thread of LookUpThreads.
    private void LookUpAndHandIn(LookUp lookUp)
    {
        Accounts found;
        try
        {
            found = Find(lookUp.Names);
        }
        catch (Exception)
        {
            // A fault of the name service's plug-in is a look-up that failed; it must not end the daemon.
            found = new Accounts { AreOverdue = true };
        }

        _loop.HandIn(() => Done(lookUp, found));
    }

    private Accounts Find(in AccountNames names)
    {
        UserEntry? user = names.User is null ? null : _host.FindUser(names.User);
        return new Accounts
        {
            User = user,
            UserGroups = user is null ? [] : [.. _host.GroupsOf(user.Name, user.Gid)],
            Group = names.Group is null ? null : _host.FindGroup(names.Group),
        };
    }

    private void Done(LookUp lookUp, Accounts found)
    {
        _underWay.Remove(lookUp.Names);
        lookUp.Limit.Cancel();
        Tell(lookUp, found);
    }

    // The thread may still hang: the look-up stays under way, so that one account never holds two threads.
    private void TimedOut(LookUp lookUp) => Tell(lookUp, new Accounts { AreOverdue = true });

    private void Tell(LookUp lookUp, Accounts found)
    {
        Keep(lookUp.Names, found);

        // Whoever is told may end others that wait for the same.
        while (lookUp.Awaiters.Count > 0)
        {
            IAccountAwaiter first = lookUp.Awaiters[0];
            lookUp.Awaiters.RemoveAt(0);
            first.AccountsAreKnown();
        }
    }

    private void Keep(in AccountNames names, Accounts found)
    {
        if (_kept.Count >= MostKept)
        {
            _kept.Clear();
        }

        _kept[names] = (found, _loop.NowMs + KeptMs);
    }

    private sealed class LookUp
    {
        public LookUp(AccountNames names, AccountLookUps owner)
        {
            Names = names;
            Limit = new LoopTimer(() => owner.TimedOut(this));
        }

        public AccountNames Names { get; }

        public LoopTimer Limit { get; }

        public List<IAccountAwaiter> Awaiters { get; } = [];
    }
}
