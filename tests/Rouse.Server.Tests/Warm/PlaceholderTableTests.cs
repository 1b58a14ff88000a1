using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Rouse.Linux.Tracing;
using Rouse.Server.Warm;

namespace Rouse.Server.Tests.Warm;

public sealed class PlaceholderTableTests
{
    /// <summary>Against a table of descriptors as the kernel keeps it: what each one leads to, and whether it closes on exec.</summary>
    [Fact]
    public void After_any_calls_it_knows_exactly_the_descriptors_that_lead_to_the_placeholder()
    {
        Gen<(int Kind, int From, int To, bool Flag)> gen = Gen.Select(Gen.Int[0, 7], Gen.Int[0, 12], Gen.Int[0, 12], Gen.Bool);
        gen.Array[0, 40].Sample(calls =>
        {
            Dictionary<int, (bool IsPlaceholder, bool ClosesOnExec)> kernel = new()
            {
                [0] = (true, false),
                [1] = (true, false),
                [2] = (true, false),
                [3] = (false, false),
                [4] = (false, true),
            };
            PlaceholderTable table = new();
            foreach ((int kind, int from, int to, bool flag) in calls)
            {
                Assert.True(Play(kernel, table, kind, from, to, flag));
            }

            uint[] expected =
            [
                .. kernel.Where(entry => entry.Value.IsPlaceholder).OrderBy(entry => entry.Key)
                    .Select(entry => (uint)entry.Key | (entry.Value.ClosesOnExec ? 0x80000000 : 0)),
            ];
            return table.Descriptors().SequenceEqual(expected) && table.IsEmpty == (expected.Length == 0);
        });
    }

    [Fact]
    public void A_copy_out_of_reach_is_told()
    {
        PlaceholderTable table = new();
        Assert.True(table.Track(new(Syscall.dup, 5), 64));
        Assert.False(table.Track(new(Syscall.dup, 0), 64));
        Assert.True(table.Track(new(Syscall.dup, 0), -24));
    }

    private static bool Play(
        Dictionary<int, (bool IsPlaceholder, bool ClosesOnExec)> kernel, PlaceholderTable table, int kind, int from, int to, bool flag)
    {
        bool isOpen = kernel.TryGetValue(from, out (bool IsPlaceholder, bool ClosesOnExec) source);
        int free = Enumerable.Range(0, 64).First(fd => !kernel.ContainsKey(fd));
        ulong a = (ulong)from;
        ulong b = (ulong)to;
        switch (kind)
        {
            case 0:
                kernel.Remove(from);
                return table.Track(new(Syscall.close, a), isOpen ? 0 : -9);
            case 1 when isOpen:
                kernel[free] = (source.IsPlaceholder, false);
                return table.Track(new(Syscall.dup, a), free);
            case 2 when isOpen:
                kernel[to] = from == to ? source : (source.IsPlaceholder, false);
                return table.Track(new(Syscall.dup2, a, b), to);
            case 3 when isOpen && from != to:
                kernel[to] = (source.IsPlaceholder, flag);
                return table.Track(new(Syscall.dup3, a, b, flag ? 0x80000UL : 0), to);
            case 4 when isOpen:
                int target = Enumerable.Range(to, 64).First(fd => !kernel.ContainsKey(fd));
                kernel[target] = (source.IsPlaceholder, flag);
                return table.Track(new(Syscall.fcntl, a, flag ? 1030UL : 0, b), target);
            case 5 when isOpen:
                kernel[from] = (source.IsPlaceholder, flag);
                return table.Track(new(Syscall.fcntl, a, 2, flag ? 1UL : 0), 0);
            case 6:
                foreach (int fd in kernel.Keys.Where(fd => fd >= from && fd <= from + to).ToArray())
                {
                    if (flag)
                    {
                        kernel[fd] = (kernel[fd].IsPlaceholder, true);
                    }
                    else
                    {
                        kernel.Remove(fd);
                    }
                }

                return table.Track(new(Syscall.close_range, a, a + b, flag ? 4UL : 0), 0);
            case 7:
                foreach (int fd in kernel.Keys.Where(fd => kernel[fd].ClosesOnExec).ToArray())
                {
                    kernel.Remove(fd);
                }

                table.Exec();
                return true;
            default:
                return true;
        }
    }
}
