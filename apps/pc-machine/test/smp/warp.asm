; A firmware whose processors read their time stamp counters in turn, with a lock between: each sees whether the
; counter is behind what another one has read before, as systems do that want to trust them.
bits 16
org 0

LAST    equ 0x500           ; what was read last, a quadword
WARPS   equ 0x508           ; how often a counter was behind
CHANGES equ 0x50c           ; how often another processor than before had the lock
DONE    equ 0x510           ; processors that are through
HOLDER  equ 0x514           ; who had the lock last
NUMBERS equ 0x518           ; processors that have begun
LOCKED  equ 0x51c
ROUNDS  equ 20000
TRAMPOLINE equ 0x8000

start:
        cli
        xor ax, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7000
        cld
        mov di, LAST
        mov cx, 0x80
        rep stosb
        push cs
        pop ds
        mov si, trampoline
        mov di, TRAMPOLINE
        mov cx, trampoline_end - trampoline
        rep movsb
        ; x2APIC, whose commands are one register: INIT to all others, and two start-ups.
        mov ecx, 0x1b
        rdmsr
        or eax, 0xc00
        wrmsr
        mov ecx, 0x830
        xor edx, edx
        mov eax, 0x000c4500
        wrmsr
        mov bx, 2
.again: call wait_a_little
        mov eax, 0x000c4600 + (TRAMPOLINE >> 12)
        wrmsr
        dec bx
        jnz .again
        jmp (TRAMPOLINE >> 4):0

wait_a_little:
        mov edi, 20000
.on:    dec edi
        jnz .on
        ret

trampoline:
        xor ax, ax
        mov ds, ax
        mov esi, 1
        lock xadd [NUMBERS], esi
        mov edi, ROUNDS
.next:  mov al, 1
.wait:  xchg al, [LOCKED]
        test al, al
        jz .have
        pause
        jmp .wait
.have:  rdtsc
        cmp edx, [LAST+4]
        ja .ahead
        jb .behind
        cmp eax, [LAST]
        jae .ahead
.behind:
        inc dword [WARPS]
.ahead: mov [LAST], eax
        mov [LAST+4], edx
        cmp esi, [HOLDER]
        je .same
        inc dword [CHANGES]
        mov [HOLDER], esi
.same:  mov byte [LOCKED], 0
        dec edi
        jnz .next
        lock inc dword [DONE]
.end:   hlt
        jmp .end
trampoline_end:

        times 0xfff0-($-$$) db 0
        jmp 0xf000:start
        times 0x10000-($-$$) db 0
