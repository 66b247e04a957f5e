; A firmware that wakes the other processors and sends them messages: by INIT and start-up, to one, to all,
; to a set, with registers in memory and with those of the x2APIC; and a timer with a deadline.
; What it finds it leaves at RESULT, a doubleword each; then it stops with interrupts off.
bits 16
org 0

RESULT  equ 0x600
COUNTED equ 0x500           ; processors that have started
STARTS  equ 0x504           ; start-ups that have been followed
BY_ID   equ 0x520           ; interrupts that each processor has taken, words
ORDER   equ 0x540           ; IDs in the order of starting, bytes
TRAMPOLINE equ 0x8000
APIC    equ 0xfee00000

%macro SEND 2               ; destination, command
        mov dword [dword fs:APIC+0x310], %1
        mov dword [dword fs:APIC+0x300], %2
%endmacro
%macro RESULT_OF 1
        mov eax, %1
        stosd
%endmacro

start:
        cli
        xor ax, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7000
        cld
        mov di, COUNTED
        mov cx, 0x200
        rep stosb
        ; The trampoline, and the vector of its interrupts.
        push cs
        pop ds
        mov si, trampoline
        mov di, TRAMPOLINE
        mov cx, trampoline_end - trampoline
        rep movsb
        xor ax, ax
        mov ds, ax
        mov word [0x40*4], TRAMPOLINE + interrupt - trampoline
        mov word [0x40*4+2], 0
        mov di, RESULT
        call TRAMPOLINE_CS:TRAMPOLINE + unreal - trampoline
        mov dword [dword fs:APIC+0xf0], 0x1ff
        ; 0: this one's ID.
        RESULT_OF [dword fs:APIC+0x20]
        ; INIT to all others, and two start-ups, of which the second changes nothing.
        SEND 0, 0x000c4500
        call pause
        SEND 0, 0x000c4600 + (TRAMPOLINE >> 12)
        call pause
        SEND 0, 0x000c4600 + (TRAMPOLINE >> 12)
        call pause
        ; 1: how many have started, 2: how often.
        RESULT_OF [COUNTED]
        RESULT_OF [STARTS]
        ; 3: a fixed message to 1; 4: to all; 5: to all but this one.
        sti
        SEND 1 << 24, 0x00004040
        call pause
        call sum
        stosd
        SEND 0, 0x00084040
        call pause
        call sum
        stosd
        SEND 0, 0x000c4040
        call pause
        call sum
        stosd
        ; 6: to a set of logical IDs, of which each processor has the bit of its ID.
        SEND 0x06 << 24, 0x00004840
        call pause
        call sum
        stosd
        ; 7: to this one.
        SEND 0, 0x00044040
        call pause
        call sum
        stosd
        ; 8: the vectors below 16 are no vectors: the error register tells.
        SEND 1 << 24, 0x00004005
        mov dword [dword fs:APIC+0x280], 0
        RESULT_OF [dword fs:APIC+0x280]
        ; 9: INIT stops one, and a start-up brings it back.
        SEND 1 << 24, 0x00004500
        call pause
        SEND 1 << 24, 0x00004600 + (TRAMPOLINE >> 12)
        call pause
        RESULT_OF [STARTS]
        ; x2APIC: 10: the ID, 11: a message to 2 and 12: one to this one by SELF IPI.
        mov ecx, 0x1b
        rdmsr
        or ah, 0x04
        wrmsr
        mov ecx, 0x802
        rdmsr
        stosd
        mov ecx, 0x830
        mov edx, 2
        mov eax, 0x4040
        wrmsr
        call pause
        call sum
        stosd
        mov ecx, 0x83f
        xor edx, edx
        mov eax, 0x40
        wrmsr
        call pause
        call sum
        stosd
        ; The deadline: 13: is the interrupt late, by less than a million ticks? 14: what is left of it.
        mov ecx, 0x832
        mov eax, 0x40040
        wrmsr
        rdtsc
        add eax, 50000
        adc edx, 0
        mov ebx, eax
        mov esi, edx
        mov ecx, 0x6e0
        wrmsr
        hlt
        rdtsc
        sub eax, ebx
        sbb edx, esi
        jnz .wrong
        cmp eax, 1000000
        setb al
        movzx eax, al
.wrong: or eax, edx
        stosd
        mov ecx, 0x6e0
        rdmsr
        or eax, edx
        stosd
        ; 15: interrupts in all, 16: an end.
        call sum
        stosd
        RESULT_OF 0x600d600d
        cli
.end:   hlt
        jmp .end

TRAMPOLINE_CS equ 0

; All interrupts that have been taken.
sum:    xor eax, eax
        mov bx, BY_ID
        mov cx, 8
.next:  add ax, [bx]
        inc bx
        inc bx
        loop .next
        ret

; Long enough for every processor to have had its turn.
pause:  push ecx
        mov ecx, 20000
.again: dec ecx
        jnz .again
        pop ecx
        ret

trampoline:
        jmp short .go
        times 14 - ($ - trampoline) nop
        dw 0
.go:    cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        lock inc word [STARTS]
        mov sp, 0x7f00
        call 0:TRAMPOLINE + unreal - trampoline
        mov eax, [dword fs:APIC+0x20]
        shr eax, 24
        ; A stack for each.
        mov bx, ax
        shl bx, 8
        neg bx
        add bx, 0x7c00
        mov sp, bx
        mov cl, al
        mov ebx, 1 << 24
        shl ebx, cl
        mov dword [dword fs:APIC+0xf0], 0x1ff
        mov [dword fs:APIC+0xd0], ebx
        bts [COUNTED+0x10], ax
        jc .again
        lock inc word [COUNTED]
.again: sti
.wait:  hlt
        jmp .wait

; Counts for the processor that CPUID names, and ends the interrupt in the way that it has.
interrupt:
        pushad
        mov eax, 1
        cpuid
        shr ebx, 24
        add bx, bx
        inc word [BY_ID + bx]
        mov ecx, 0x1b
        rdmsr
        test ah, 0x04
        jnz .x2apic
        mov dword [dword fs:APIC+0xb0], 0
        jmp .end
.x2apic:
        mov ecx, 0x80b
        xor eax, eax
        xor edx, edx
        wrmsr
.end:   popad
        iret

; FS reaches all 4 GiB.
unreal:
        lgdt [cs:TRAMPOLINE + pointer - trampoline]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        mov bx, 8
        mov fs, bx
        and al, 0xfe
        mov cr0, eax
        xor bx, bx
        mov fs, bx
        retf
align 8
table:  dq 0, 0x00cf92000000ffff
pointer:
        dw 15
        dd TRAMPOLINE + table - trampoline
trampoline_end:

        times 0xfff0-($-$$) db 0x90
        jmp 0xf000:0
        times 0x10000-($-$$) db 0
