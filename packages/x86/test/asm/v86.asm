; Virtual-8086 mode: what traps by IOPL, interrupts into ring 0 and back, segment arithmetic, I/O by the bitmap.
%include "lib.inc"

VALUES iopls, 2, 0x3002
VALUES iopl3, 0x3002
VALUES flags3, 0x3002, 0x3ad7

; a ring 0 handler that notes its frame and goes back to virtual-8086 mode
noting: push eax
        push ds
        mov ax, SEL_DATA
        mov ds, ax
  %assign i 0
  %rep 9
        mov eax, [ss:esp+8+i*4]
        mov [BUF+0x40+i*4], eax
    %assign i i+1
  %endrep
        lea eax, [esp+8]
        mov [BUF+0x64], eax
        pop ds
        pop eax
        iretd

clear:  cld
        mov edi, BUF
        mov ecx, 0x40
        xor eax, eax
        rep stosd
        ret

main:
        GATE IDT, 0x20, SEL_CODE, noting, 0xee, 0
        GATE IDT, 0x21, SEL_CODE, noting, 0x8e, 0
        GATE IDT, 0x22, SEL_CODE, noting, 0xef, 0
        DESCRIPTOR SEL_FREE, 0xf0000, 0xffff, 0xff, 0x4
        GATE IDT, 0x23, SEL_FREE, noting, 0xee, 0       ; conforming: refused
        GATE IDT, 0x24, SEL_UCODE, noting, 0xee, 0      ; ring 3 handler: refused
        ; an I/O bitmap that opens 0x80..0x83 and 0xe9, shuts the rest
        mov word [TSS+0x66], 0x68
        mov edi, TSS+0x68
        mov ecx, 0x40
.map:   mov dword [edi], -1
        add edi, 4
        loop .map
        mov byte [TSS+0x68+0x10], 0xf0
        mov byte [TSS+0x68+0x1d], 0xfd
        DESCRIPTOR SEL_TSS, TSS, 0xa8, 0x89, 0
        mov ax, SEL_TSS
        ltr ax

        RING 86
        BEFORE clear
        FLAGS_IN iopls
        SHOW I_FL|S_EAX|S_ESP|S_FL|S_VEC|S_ERR|S_EIP|S_CS|S_SS|S_DS|S_ES|S_FS|S_GS
        BEGIN16 "nothing"
        mov ax, 1
        END16
%macro VCASE 1+
  %defstr %%t %1
        BEGIN16 %%t
        %1
        END16
%endmacro
        VCASE cli
        VCASE sti
        VCASE pushf
        VCASE o32 pushf
        VCASE hlt
        VCASE ud2
        VCASE div cl
        VCASE int3
        VCASE into
        VCASE int 0x20
        VCASE int 0x21
        VCASE int 0x22
        VCASE int 0x23
        VCASE int 0x24
        VCASE int 0x33
        VCASE int 0x34
        VCASE clts
        VCASE mov eax, cr0
        VCASE mov cr0, eax
        VCASE mov cr3, eax
        VCASE mov eax, dr7
        VCASE lgdt [BUF]
        VCASE lidt [BUF]
        VCASE smsw ax
        VCASE lmsw ax
        VCASE ltr ax
        VCASE lldt ax
        VCASE str ax
        VCASE sldt ax
        VCASE lar ax, cx
        VCASE lsl ax, cx
        VCASE verr ax
        VCASE verw ax
        VCASE arpl ax, cx
        VCASE invlpg [BUF]
        VCASE invd
        VCASE wbinvd
        VCASE rdmsr
        VCASE in al, 0x80
        VCASE in al, 0x84
        VCASE in ax, 0x82
        VCASE in ax, 0x83
        VCASE out 0x84, al
        VCASE in eax, 0x80
        BEGIN16 "iret"
        push word 0x3202
        push cs
        push .a
        iret
.a:     mov ax, 0x77
        END16
        BEGIN16 "iretd"
        push dword 0x43202
        push dword 0xf000
        push dword .a
        iretd
.a:     mov ax, 0x77
        END16
        BEGIN16 "popf"
        push word 0x0ed7
        popf
        mov ax, 0x55
        END16
        BEGIN16 "popfd"
        push dword 0x00030ed7
        popfd
        mov ax, 0x55
        END16
        SHOW_MEM BUF+0x40, 0x28
        FLAGS_IN flags3
        SHOW I_FL|S_EAX|S_ECX|S_ESP|S_FL|S_VEC|S_ERR|S_CS|S_SS|S_DS|S_ES|S_FS|S_GS
        BEGIN16 "int 0x20 and back, segments kept"
        mov ax, 0x1234
        mov ds, ax
        mov ax, 0x2345
        mov es, ax
        mov ax, 0x3456
        mov fs, ax
        mov ax, 0x4567
        mov gs, ax
        int 0x20
        pushf
        pop ax
        END16
        BEGIN16 "trap gate keeps IF"
        int 0x22
        pushf
        pop ax
        END16
        SHOW_MEM 0, 0
        FLAGS_IN iopl3
        BEGIN16 "segments are times 16"
        mov dword [BUF], 0x12345678
        mov ax, 0x7ff
        mov fs, ax
        mov ecx, [fs:BUF-0x7ff0]
        mov ax, 0xffff
        mov gs, ax
        mov ax, [gs:0x20]
        END16
        BEGIN16 "far jump, far call, lds"
        jmp 0xf010:.a-0x100
.a:     call 0xf000:.f
        mov dword [BUF], 0x56781234
        lds cx, [BUF]
        mov ax, ds
        jmp .e
.f:     retf
.e:
        END16
        BEGIN16 "push pop of all sizes"
        push dword 0x11223344
        push word 0x5566
        pop ecx
        pop ax
        END16
        BEGIN16 "wrong code at 32 bits stays in the segment"
        mov eax, [dword BUF+8]
        pushad
        popad
        END16
        BEGIN16 "sti then cli with IOPL 3"
        sti
        pushf
        pop ax
        cli
        pushf
        pop cx
        END16
        BEGIN16 "bound and its fault"
        mov dword [BUF], 0x00040002
        mov cx, 3
        bound cx, [BUF]
        mov cx, 5
        bound cx, [BUF]
        END16
        BEGIN16 "rep movsb"
        mov si, BUF
        mov di, BUF+0x80
        mov cx, 8
        rep movsb
        mov ax, si
        END16
        FINISH
