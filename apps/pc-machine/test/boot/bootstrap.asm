; A program that the Mach microkernel starts first: it prints a line by a trap of its own, and then works on.
        bits    32
        org     0x10000

MACH_PRINT equ  -30

        db      0x7f, "ELF", 1, 1, 1, 0
        times 8 db 0
        dw      2, 3
        dd      1, start, program - $$, 0, 0
        dw      52, 32, 1, 0, 0, 0
program:
        dd      1, 0, $$, $$, end - $$, end - $$, 7, 0x1000

start:
        push    message
        push    0                       ; where a procedure's return address is
        mov     eax, MACH_PRINT
        call    7:0
        add     esp, 8
.on:    jmp     .on

message: db     "the bootstrap runs", 10, 0
end:
