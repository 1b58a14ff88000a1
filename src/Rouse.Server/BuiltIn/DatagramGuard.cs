using System;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Listening;

namespace Rouse.Server.BuiltIn;

/// <summary>
/// Keeps datagram answers from doing harm. Anybody can put another's address on a datagram, so an answer may start a loop between two
/// services, or be turned on a victim that never asked. No answer goes to the ports of such services, nor to an address that is not one
/// host's; and a service whose answer is larger than the question answers one source only so often. Differs from xinetd: D-007.
/// </summary>
internal sealed class DatagramGuard(Keeper keeper)
{
    private const int Buckets = 1024;
    private const int AmplifyingAnswersPerSecond = 50;
    private const int ClockAnswersPerSecond = 1000;

    private Budget[]? _budgets;

    public bool MayAnswer(Service service, in SocketAddress peer, long nowMs)
    {
        BuiltInService kind = service.Definition.BuiltIn;
        if (kind == BuiltInService.Discard)
        {
            return true;
        }

        if (peer.Port is 0 or 7 or 13 or 17 or 19 or 37 || keeper.AnswersDatagramsOn(peer.Port) || !IsOneHost(peer))
        {
            return false;
        }

        return kind == BuiltInService.Echo || Spend(peer, kind == BuiltInService.Chargen ? AmplifyingAnswersPerSecond : ClockAnswersPerSecond, nowMs);
    }

    private static bool IsOneHost(in SocketAddress peer)
    {
        UInt128 address = peer.Address;
        if (address >> 32 == 0xffff)
        {
            uint v4 = (uint)address;

            // 224.0.0.0/4 multicast, 255.255.255.255 broadcast, 0.0.0.0/8 this network.
            return v4 >> 28 != 0xe && v4 != uint.MaxValue && v4 >> 24 != 0;
        }

        return address >> 120 != 0xff && address != UInt128.Zero;
    }

    // One count for each of 1,024 groups of sources: bounded memory, whatever addresses a flood invents. An IPv6 host has a /64.
    private bool Spend(in SocketAddress peer, int perSecond, long nowMs)
    {
        _budgets ??= new Budget[Buckets];
        ulong host = peer.Address >> 32 == 0xffff ? (uint)peer.Address : (ulong)(peer.Address >> 64);
        ref Budget budget = ref _budgets[(int)((host * 0x9E3779B97F4A7C15) >> 54)];
        if (nowMs - budget.SinceMs >= 1000)
        {
            budget.SinceMs = nowMs;
            budget.Spent = 0;
        }

        return ++budget.Spent <= perSecond;
    }

    private struct Budget
    {
        public long SinceMs;
        public int Spent;
    }
}
