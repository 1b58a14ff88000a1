using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Rouse.Linux.Tracing;

namespace Rouse.Linux.Tests.Tracing;

public sealed class ParkingStubTests
{
    // By hand, from the manual of the processor: what the code must say, one instruction a line, as objdump names them.
    private static readonly string[] Beginning =
    [
        "cmpq $0x0,0xe58(%rip)", "je 0x27", "mov $0x4,%edi", "mov $0x0,%esi", "xor %edx,%edx", "xor %r10d,%r10d", "xor %r8d,%r8d",
        "mov $0x9d,%eax", "syscall",
    ];

    [Fact]
    public void The_code_leaves_the_end_of_its_page_to_the_facts() => Assert.InRange(ParkingStub.Code.Length, 200, StubData.PageSize + StubFacts.Begin);

    [Fact]
    public void The_facts_are_the_registers_at_the_call_the_way_of_copying_and_the_descriptors()
    {
        Registers now = new() { OriginalRax = 1, Rip = 0x1002, Rdi = 3, Rsi = 4, Rdx = 5, R10 = 6, R8 = 7, R9 = 8, Rax = 99, Rcx = 98 };
        byte[] facts = StubFacts.Write(now, [0, 1 | StubFacts.CloseOnExec], new CloneDetails(9, 10, 11, 12), hides: true);
        ulong[] words = [.. Enumerable.Range(0, 14).Select(i => BitConverter.ToUInt64(facts, i * sizeof(ulong)))];
        Assert.Equal((ulong[])[1, 0x1000, 3, 4, 5, 6, 7, 8, 10, 9, 11, 12, 1, 2], words);
        Assert.Equal((0u, 0x80000001), (BitConverter.ToUInt32(facts, 256), BitConverter.ToUInt32(facts, 260)));
        Assert.Equal(-StubFacts.Begin, facts.Length);
        Assert.Equal(0, StubFacts.Descriptors + (StubFacts.MostDescriptors * sizeof(uint)));
    }

    [Fact]
    public void A_copy_touches_nothing_of_the_page_that_only_the_parked_process_has()
    {
        (int At, string Text)[] lines = DisassembleWithOffsets(ParkingStub.Code);
        int clone = Array.FindIndex(lines, line => line.Text == "mov $0x38,%eax");
        int copy = Array.FindIndex(lines, clone, line => line.Text == "mov $0x70,%eax");
        Assert.True(clone > 0 && copy > clone);

        // An operand counts from the next instruction.
        for (int i = copy; i < lines.Length - 1; i++)
        {
            string[] operand = lines[i].Text.Split("(%rip)");
            if (operand.Length > 1)
            {
                int distance = Convert.ToInt32(operand[0].Split([' ', ',', '*'])[^1], 16);
                Assert.InRange(lines[i + 1].At + distance, StubData.PageSize + StubFacts.Begin, StubData.PageSize - 1);
            }
        }
    }

    [Fact]
    public void The_code_is_what_an_independent_disassembler_reads_it_as()
    {
        string[] instructions = Disassemble(ParkingStub.Code);
        Assert.Equal(Beginning, instructions[..Beginning.Length]);
        Assert.DoesNotContain(instructions, instruction => instruction.Contains("(bad)", StringComparison.Ordinal));

        // Each call is its number in eax and the instruction.
        int[] calls = [.. Enumerable.Range(1, instructions.Length - 1).Where(i => instructions[i] == "syscall").Select(i => NumberIn(instructions[i - 1]))];
        Syscall[] expected =
        [
            Syscall.prctl, Syscall.recvmsg, Syscall.clone, Syscall.close, Syscall.sendto, Syscall.setsid, Syscall.set_robust_list, Syscall.dup3,
            Syscall.close, Syscall.prctl, Syscall.exit_group,
        ];
        Assert.Equal(expected.Select(number => (int)number), calls);
        Assert.Contains("btr $0x1f,%esi", instructions);
        Assert.Contains("btr $0x1f,%edi", instructions);
        Assert.Contains("testb $0x1,0x", string.Join('\n', instructions), StringComparison.Ordinal);
        Assert.Contains("mov (%r8),%esi", instructions);
        Assert.Contains("add $0x4,%r8", instructions);
        Assert.Contains("dec %r10", instructions);
        Assert.Contains(instructions, instruction => instruction.StartsWith("jmp *0x", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_jump_leads_to_the_beginning_of_an_instruction()
    {
        (int At, string Text)[] lines = DisassembleWithOffsets(ParkingStub.Code);
        foreach ((_, string text) in lines.Where(line => line.Text[0] == 'j' && !line.Text.Contains('*')))
        {
            int target = Convert.ToInt32(text.Split(' ')[1], 16);
            Assert.Contains(lines, line => line.At == target);
        }
    }

    private static int NumberIn(string instruction)
    {
        Assert.StartsWith("mov $0x", instruction, StringComparison.Ordinal);
        Assert.EndsWith(",%eax", instruction, StringComparison.Ordinal);
        return Convert.ToInt32(instruction["mov $".Length..^",%eax".Length], 16);
    }

    private static string[] Disassemble(byte[] code) => [.. DisassembleWithOffsets(code).Select(line => line.Text)];

    private static (int At, string Text)[] DisassembleWithOffsets(byte[] code)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, code);
            ProcessStartInfo start = new("objdump", ["-D", "-b", "binary", "-m", "i386:x86-64", "--no-show-raw-insn", file])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            };
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return
            [
                .. output.Split('\n').Where(line => line.StartsWith(' ') && line.Contains(":\t", StringComparison.Ordinal))
                    .Select(line => line.Split(":\t"))
                    .Select(parts => (Convert.ToInt32(parts[0].Trim(), 16), Tidy(parts[1]))),
            ];
        }
        finally
        {
            File.Delete(file);
        }
    }

    // One blank between words, and no remark about the address.
    private static string Tidy(string text) =>
        string.Join(' ', text.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)).Trim();
}
